"""Questions that are headings, with the answer below."""

from interview.formats.outline.answers import has_answer_mark
from interview.formats.outline.page import Found, Heading, Page, next_of
from interview.formats.outline.ranges import end_at_rules
from interview.formats.outline.signs import FURNITURE, asks, is_numbered, without_number


def question_level(headings: list[Heading]) -> tuple[int, int]:
    """The level most questions stand at and how many there do; (0, 0) for none.

    Words that ask count for more than a number, which a chapter can have too.
    """
    weights: dict[int, int] = {}
    counts: dict[int, int] = {}
    for heading in headings:
        level = int(heading.level)
        weight = 3 if asks(heading.text) else int(is_numbered(heading.text))
        if weight and not FURNITURE.fullmatch(without_number(heading.text)):
            weights[level] = weights.get(level, 0) + weight
            counts[level] = counts.get(level, 0) + 1
    best = max(weights, key=lambda level: (weights[level], -level), default=0)
    return best, counts.get(best, 0)


def likely_level(page: Page, headings: list[Heading]) -> int:
    """Where questions stand when no heading looks like one: above most of the text; 0 for none."""
    kept = [heading for heading in headings if not FURNITURE.fullmatch(heading.text)]
    for level in sorted({int(heading.level) for heading in kept}):
        here = [heading for heading in kept if heading.level == level]
        if 2 * sum(_has_body(page, heading) for heading in here) >= len(here):
            return level
    return 0


def answered_level(page: Page, headings: list[Heading]) -> int:
    """The level of the first heading whose text is marked as an answer; 0 for none."""
    for heading in headings:
        text = "\n".join(page.lines[heading.end : page.next_heading(heading.start)])
        if has_answer_mark(text):
            return int(heading.level)
    return 0


def find_headings(
    page: Page, headings: list[Heading], level: int, *, every: bool
) -> tuple[list[Found], list[Heading]]:
    """The questions, and the headings that may be their topics.

    With `every`, all headings of the level are questions unless they are furniture.
    """
    numbered_only = not every and all(
        is_numbered(heading.text)
        for heading in headings
        if heading.level == level and _looks_asked(heading)
    )
    questions: list[Heading] = []
    others: list[Heading] = []
    content: list[Heading] = []
    inside: Heading | None = None  # the question that deeper headings belong to
    for heading in headings:
        if inside and heading.level > inside.level:
            content.append(heading)
            continue
        asked = _looks_asked(heading)
        if heading.level == level:
            is_question = asked or every or (not numbered_only and _has_body(page, heading))
        elif heading.level < level:
            is_question = asks(heading.text) and _has_body(page, heading)
        else:
            is_question = asked
        if is_question and not FURNITURE.fullmatch(without_number(heading.text)):
            questions.append(heading)
            inside = heading
        else:
            others.append(heading)
            inside = None
    starts = sorted(heading.start for heading in [*questions, *others])
    ranges = [
        (question.end, next_of(starts, question.start, default=len(page.lines)))
        for question in questions
    ]
    found = []
    for question, (start, end) in zip(questions, end_at_rules(page, ranges), strict=True):
        page.take(question.start, question.end)
        body = page.take(start, end)
        found.append(Found(question.start, question.level, question.markup, body))
    return found, [_as_topic(heading, level) for heading in others]


def _as_topic(heading: Heading, level: int) -> Heading:
    """A heading without text of its own among the questions stands above those after it."""
    if heading.level < level:
        return heading
    above = heading.level - 0.5
    return Heading(above, heading.text, heading.markup, heading.start, heading.end)


def _looks_asked(heading: Heading) -> bool:
    return asks(heading.text) or is_numbered(heading.text)


def _has_body(page: Page, heading: Heading) -> bool:
    return not page.is_bare(heading.end, page.next_heading(heading.start))
