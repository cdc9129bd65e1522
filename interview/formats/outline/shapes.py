"""Which shape a document has, and its questions in that shape."""

from interview.formats.document import Unplaced
from interview.formats.outline.details import Details, details_in
from interview.formats.outline.headings import (
    answered_level,
    find_headings,
    likely_level,
    question_level,
)
from interview.formats.outline.lines import bold_lines, find_lines, marked_lines
from interview.formats.outline.lists import find_items, question_lists
from interview.formats.outline.page import DEEPEST, Found, Heading, Page
from interview.formats.outline.signs import ANSWER_SUMMARY, QUESTIONS_AHEAD, asks, plain

Result = tuple[Heading | None, list[Found], list[Heading]]


def find_questions(page: Page, name: str) -> Result:
    """The heading that is the document's title if there is one, the questions in order, and
    the headings that may be their topics.

    The shape with the most questions wins; on a tie the one that stands further out, so that
    'Q:' below a heading with the same question is its prompt.
    """
    elements = details_in("\n".join(page.lines), page.verbatim)
    headings = _outside(page, elements)
    title = _title(headings)
    below = [heading for heading in headings if heading is not title]
    level, by_heading = question_level(below)
    free = _outside_questions(page, below, level)

    marks = marked_lines(page)
    bold = bold_lines(page)
    lists = question_lists(page, every=False)
    counts = {
        "headings": by_heading,
        "marks": len(marks),
        "details": sum(asks(plain(each.summary)) for each in elements if _is_question(each)),
        "bold": sum(line in free for line in bold),
        "lists": sum(item.start in free for each in lists for item in each.items),
    }
    shape = max(counts, key=lambda key: counts[key])  # the first of those that are equal
    if not counts[shape]:
        found, topics = _unasked(page, below, elements, f"{title.text if title else ''} {name}")
        if not found and title is not None and _is_only_question(title, headings, name):
            found, topics = find_headings(page, headings, int(title.level), every=True)
            title = None
    elif shape == "headings":
        found, topics = find_headings(page, below, level, every=False)
    elif shape == "details":
        found, topics = _find_details(page, below, elements)
    elif shape == "lists":
        found, topics = find_items(page, below, lists)
    else:
        found, topics = find_lines(page, below, marks if shape == "marks" else bold)
    return title or _first_heading(found, topics), found, topics


def _unasked(
    page: Page, headings: list[Heading], elements: list[Details], about: str
) -> tuple[list[Found], list[Heading]]:
    """The questions of a document in which nothing reads as one, if it says that it has some."""
    level = answered_level(page, headings)
    if not level and QUESTIONS_AHEAD.search(about) is None:
        return [], []
    lists = question_lists(page, every=True)
    if any(map(_is_question, elements)):
        return _find_details(page, headings, elements)
    if not level and sum(len(each.items) for each in lists) > len(headings):
        return find_items(page, headings, lists)
    level = level or likely_level(page, headings)
    return find_headings(page, headings, level, every=True) if level else ([], [])


def _is_only_question(title: Heading, headings: list[Heading], name: str) -> bool:
    """Whether a document's only heading is its only question rather than its title."""
    if len(headings) > 1:
        return False
    says_questions = QUESTIONS_AHEAD.search(name) and not QUESTIONS_AHEAD.search(title.text)
    return asks(title.text) or bool(says_questions)


def _find_details(
    page: Page, headings: list[Heading], elements: list[Details]
) -> tuple[list[Found], list[Heading]]:
    found = []
    for each in filter(_is_question, elements):
        page.take(each.first, each.last + 1)
        found.append(Found(each.first, DEEPEST, each.summary, each.inside))
    _remark_beside(page, elements)
    return found, headings


def _remark_beside(page: Page, elements: list[Details]) -> None:
    """Report what stands on the first or last line of an element, but outside of it."""
    text = "\n".join(page.lines)
    ends = [0, *(each.end for each in elements)]
    starts = [*(each.start for each in elements), len(text)]
    for number, (end, start) in enumerate(zip(ends, starts, strict=True)):
        lines = text[end:start].split("\n")
        if number and lines[0].strip():
            line = elements[number - 1].last + 1
            page.remarks.append(Unplaced(line=line, text=lines[0].strip()))
        if number < len(elements) and len(lines) > 1 and lines[-1].strip():
            line = elements[number].first + 1
            page.remarks.append(Unplaced(line=line, text=lines[-1].strip()))


def _is_question(element: Details) -> bool:
    return ANSWER_SUMMARY.fullmatch(plain(element.summary)) is None


def _outside(page: Page, elements: list[Details]) -> list[Heading]:
    """The headings that are not part of a folded question or answer."""
    folded: set[int] = set()
    for each in elements:
        if not _is_question(each) or asks(plain(each.summary)):
            folded.update(range(each.first, each.last + 1))
    return [heading for heading in page.headings if heading.start not in folded]


def _outside_questions(page: Page, headings: list[Heading], level: int) -> set[int]:
    """The lines that do not stand below a heading that asks."""
    free: set[int] = set()
    bounds = [heading for heading in headings if level and heading.level <= level]
    starts = [0, *(heading.start for heading in bounds), len(page.lines)]
    asked = [False, *(asks(heading.text) for heading in bounds)]
    for start, end, is_asked in zip(starts, starts[1:], asked, strict=False):
        if not is_asked:
            free.update(range(start, end))
    return free


def _title(headings: list[Heading]) -> Heading | None:
    """The first heading, if none is as high as it."""
    if not headings or any(each.level <= headings[0].level for each in headings[1:]):
        return None
    return headings[0]


def _first_heading(found: list[Found], topics: list[Heading]) -> Heading | None:
    """The first of several headings of one height, if no question stands below it."""
    if not found or not topics[1:] or topics[0].start > found[0].start:
        return None
    first, following = topics[:2]
    is_alone = following.start < found[0].start and following.level <= first.level
    return first if is_alone and first.level == 1 else None
