"""One question in our own format: a `##` heading and what stands below it."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from interview.formats.document import (
    HEAVIEST,
    KINDS,
    LONGEST_TITLE,
    CriterionLine,
    FormatError,
    QuestionDraft,
)
from interview.formats.slugs import slug_fault, slug_of
from interview.formats.source import without_blank_edges

METADATA = re.compile(r"[-*+] +(?P<name>[A-Za-z][\w ]*?) *:(?P<value>.*)")
CRITERION = re.compile(
    r"(?:(?P<kind>[A-Za-z]+) +)?(?P<weight>[-+]?\d+(?:\.\d{1,2})?) *:(?P<text>.*)", re.DOTALL
)
NAMES = ("key", "topics", "minutes")
SECTIONS = ("Reference answer", "Criteria", "Notes for graders")
LONGEST_MINUTES = 240


@dataclass(frozen=True, slots=True)
class Section:
    """Lines of a file under one heading; `start` is the line number of the first of them."""

    name: str
    line: int
    start: int
    lines: list[str]


def metadata_length(lines: list[str]) -> int:
    """How many lines below a question's heading are its metadata, blank lines above included.

    A list set off by a blank line counts only if it names nothing but metadata: formatters
    put that blank line in, but a prompt may begin with a list too.
    """
    start = 0
    while start < len(lines) and not lines[start].strip():
        start += 1
    end = start
    while end < len(lines) and METADATA.fullmatch(lines[end]):
        end += 1
    names = {line[1:].split(":")[0].strip().lower() for line in lines[start:end]}
    if start and not names <= set(NAMES):
        return 0
    return end


def read_question_block(
    title: str,
    opening: Section,
    sections: list[Section],
    *,
    known_topics: Collection[str] | None,
    source: str,
) -> QuestionDraft:
    """A question from its title, what stands directly below it, and its `###` sections.

    `known_topics` are the slugs the set declares; None leaves topics unchecked.
    FormatError names the line that cannot be read.
    """
    line = opening.line
    if not title:
        message = "This question has no title; write it after the '##'."
        raise FormatError(message, source=source, line=line)
    if len(title) > LONGEST_TITLE:
        message = (
            f"The title is longer than {LONGEST_TITLE} characters; put the details in the prompt."
        )
        raise FormatError(message, source=source, line=line)
    length = metadata_length(opening.lines)
    values = _metadata(opening, length, source)
    by_name = {section.name: section for section in sections}
    reference, criteria, notes = (by_name.get(name) for name in SECTIONS)
    return QuestionDraft(
        key=_key(values, title, source),
        title=title,
        prompt=without_blank_edges(opening.lines[length:]),
        reference_answer=without_blank_edges(reference.lines) if reference else "",
        grader_notes=without_blank_edges(notes.lines) if notes else "",
        criteria=_criteria(criteria, source) if criteria else (),
        topics=_topics(values, known_topics, source),
        minutes=_minutes(values, source),
        line=line,
    )


def _metadata(opening: Section, length: int, source: str) -> dict[str, tuple[str, int]]:
    values: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(opening.lines[:length], start=opening.start):
        match = METADATA.fullmatch(line)
        if match is None:
            continue  # a blank line above the list
        name = match["name"].lower()
        if name not in NAMES:
            message = (
                f"'{match['name']}' is not known here; a question has key, topics and minutes. "
                "A list that belongs to the prompt needs a blank line above it."
            )
            raise FormatError(message, source=source, line=number)
        if name in values:
            message = f"'{name}' stands here a second time; keep one of the two."
            raise FormatError(message, source=source, line=number)
        values[name] = (match["value"].strip(), number)
    return values


def _key(values: dict[str, tuple[str, int]], title: str, source: str) -> str:
    if "key" not in values:
        return slug_of(title)
    key, line = values["key"]
    if fault := slug_fault(key):
        raise FormatError(f"The key '{key}' {fault}.", source=source, line=line)
    return key


def _topics(
    values: dict[str, tuple[str, int]], known: Collection[str] | None, source: str
) -> tuple[str, ...]:
    text, line = values.get("topics", ("", 0))
    slugs = list(dict.fromkeys(slug.strip() for slug in text.split(",") if slug.strip()))
    for slug in slugs:
        if known is not None and slug not in known:
            choice = ", ".join(known) or "none yet"
            message = f"The set has no topic '{slug}'; its topics are: {choice}."
            raise FormatError(message, source=source, line=line)
        if fault := slug_fault(slug):
            raise FormatError(f"The topic '{slug}' {fault}.", source=source, line=line)
    return tuple(slugs)


def _minutes(values: dict[str, tuple[str, int]], source: str) -> int | None:
    if "minutes" not in values:
        return None
    text, line = values["minutes"]
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= LONGEST_MINUTES:
        message = f"minutes must be a whole number from 1 to {LONGEST_MINUTES}, not '{text}'."
        raise FormatError(message, source=source, line=line)
    return int(text)


def _criteria(section: Section, source: str) -> tuple[CriterionLine, ...]:
    items: list[tuple[int, str]] = []
    for number, line in enumerate(section.lines, start=section.start):
        if re.match(r"[-*+] ", line):
            items.append((number, line[2:]))
        elif items and re.match(r"\s+\S", line):
            first, text = items.pop()
            items.append((first, f"{text} {line}"))
        elif line.strip():
            raise FormatError(_how_to_write("This line"), source=source, line=number)
    return tuple(_criterion(text, number, source) for number, text in items)


def _criterion(text: str, line: int, source: str) -> CriterionLine:
    match = CRITERION.fullmatch(text.strip())
    if match is None:
        raise FormatError(_how_to_write(f"'{text.strip()[:40]}'"), source=source, line=line)
    kind = (match["kind"] or "required").lower()
    if kind not in KINDS:
        message = f"'{match['kind']}' is not a kind of criterion; the kinds are {', '.join(KINDS)}."
        raise FormatError(message, source=source, line=line)
    weight = Decimal(match["weight"])
    if not 0 < weight <= HEAVIEST:
        message = f"A weight must be above 0 and at most {HEAVIEST}, not {match['weight']}."
        raise FormatError(message, source=source, line=line)
    words = " ".join(match["text"].split())
    if not words:
        message = "This criterion has a weight but no text; say what the answer must contain."
        raise FormatError(message, source=source, line=line)
    return CriterionLine(kind=kind, weight=weight, text=words)


def _how_to_write(what: str) -> str:
    return (
        f"{what} is not a criterion. Write '- 2: what the answer must say', "
        "'- bonus 1: …' or '- misconception 2: …'."
    )
