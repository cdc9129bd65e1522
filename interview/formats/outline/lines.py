"""Questions that are lines: 'Q: …', or bold ones on a line of their own."""

import re

from interview.formats.outline.page import DEEPEST, Found, Heading, Page, next_of
from interview.formats.outline.ranges import end_at_rules
from interview.formats.outline.signs import (
    ANSWER_ON_SAME_LINE,
    FURNITURE,
    asks,
    is_numbered,
    marked_answer,
    marked_question,
)

BOLD = re.compile(r" {0,3}(\*\*|__)(?P<words>.+?)\1[ \t]*(?P<colon>:?)[ \t]*(?P<rest>.*)")


def marked_lines(page: Page) -> list[int]:
    """The lines that begin with 'Q:' or the like."""
    return [
        index
        for index, line in enumerate(page.lines)
        if index not in page.verbatim and marked_question(line) is not None
    ]


def bold_lines(page: Page) -> list[int]:
    """The paragraphs that begin with a question in bold."""
    return [
        block.start
        for block in page.blocks
        if block.kind == "paragraph" and _bold_question(page.lines[block.start]) is not None
    ]


def find_lines(
    page: Page, headings: list[Heading], marks: list[int]
) -> tuple[list[Found], list[Heading]]:
    """The questions at the given lines, and the headings that may be their topics."""
    bounds = _boundaries(page, headings, marks)
    stops = sorted([*marks, *(heading.start for heading in bounds)])
    ranges = [(mark, next_of(stops, mark, default=len(page.lines))) for mark in marks]
    found = []
    for start, end in end_at_rules(page, ranges):
        bold = _bold_question(page.lines[start])
        text = page.take(start, end)
        if bold is not None and marked_question(page.lines[start]) is None:
            words, rest = bold
            found.append(Found(start, DEEPEST, words, "\n".join([rest, *text.split("\n")[1:]])))
        else:
            found.append(Found(start, DEEPEST, _question_words(page, start, end), text))
    return found, bounds


def _boundaries(page: Page, headings: list[Heading], marks: list[int]) -> list[Heading]:
    """The headings that end an answer: those as high as any with a question right below."""
    deepest = max(
        (
            heading.level
            for heading in headings
            for mark in (next_of(marks, heading.start, default=len(page.lines)),)
            if mark < len(page.lines) and page.is_bare(heading.end, mark)
        ),
        default=0,
    )
    return [
        heading
        for heading in headings
        if heading.level <= deepest
        or heading.start < min(marks)
        or FURNITURE.fullmatch(heading.text)
    ]


def _question_words(page: Page, start: int, end: int) -> str:
    """The marked question as one line, though it may run over several."""
    words = [ANSWER_ON_SAME_LINE.split(marked_question(page.lines[start]) or "", maxsplit=1)[0]]
    for line in page.lines[start + 1 : end]:
        if not line.strip() or marked_answer(line) is not None or re.match(r"\s*[-*+>#`~<|]", line):
            break
        words.append(line.strip())
    return " ".join(words)


def _bold_question(line: str) -> tuple[str, str] | None:
    """The words of a question in bold and what follows them on its line."""
    match = BOLD.fullmatch(line.rstrip())
    if match is None:
        return None
    words, rest = match["words"], match["rest"]
    if "?" in words or (not rest and not match["colon"] and (asks(words) or is_numbered(words))):
        return words, rest
    return None
