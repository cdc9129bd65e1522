"""How far a question's lines reach."""

from interview.formats.outline.answers import has_answer_mark
from interview.formats.outline.page import Page


def end_at_rules(page: Page, ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges, each ended at its last rule if rules are what divides this document.

    What then stands between a rule and the next question belongs to no question.
    """
    ruled = [[index for index in range(start, end) if index in page.rules] for start, end in ranges]
    if len(ranges) == 1 or 2 * sum(map(bool, ruled)) < len(ranges):
        return ranges
    return [
        (start, end) if not rules or _answers(page, rules[-1], end) else (start, rules[-1])
        for (start, end), rules in zip(ranges, ruled, strict=True)
    ]


def _answers(page: Page, start: int, end: int) -> bool:
    return has_answer_mark("\n".join(page.lines[start:end]))
