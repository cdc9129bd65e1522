"""Our own Markdown format: read from a file or a folder, and written as one file."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt

from interview.formats.document import FormatError, QuestionDraft, SetDocument
from interview.formats.front_matter import head_of, read_front_matter
from interview.formats.question_block import (
    SECTIONS,
    Section,
    metadata_length,
    read_question_block,
)
from interview.formats.source import read_source, tidy, without_blank_edges

PARSER = MarkdownIt("commonmark")
SECTION_NAMES = {name.lower(): name for name in SECTIONS}
PART, QUESTION, SECTION = 1, 2, 3  # heading levels that have a meaning of their own


@dataclass(frozen=True, slots=True)
class Heading:
    """`index` counts lines from 0."""

    level: int
    text: str
    index: int
    underlined: bool


def read_set(text: str, *, name: str) -> SetDocument:
    """One file in our format; FormatError says what is wrong and where."""
    lines = tidy(text, name=name).split("\n")
    front = read_front_matter(lines, source=name)
    known = [topic.slug for topic in front.topics]
    description, questions = _read_body(
        [""] * front.first_line + lines[front.first_line :], known, name
    )
    _refuse_repeated([(question, name) for question in questions])
    return SetDocument(front.slug, front.title, description, front.topics, tuple(questions), ())


def read_folder(folder: Path) -> SetDocument:
    """`set.md` first, then the folder's other Markdown files by name; FormatError as above."""
    opening = folder / "set.md"
    if not opening.is_file():
        message = "A folder is read as a question set when it has a 'set.md'; this one has none."
        raise FormatError(message, source=folder.name, line=1)
    document = read_set(read_source(opening), name=opening.name)
    known = [topic.slug for topic in document.topics]
    placed = [(question, opening.name) for question in document.questions]
    for path in sorted(folder.glob("*.md")):
        if path.name == opening.name:
            continue
        lines = read_source(path).split("\n")
        if head_of(lines) is not None:
            message = "Only set.md begins with a head between '---' lines; remove this one."
            raise FormatError(message, source=path.name, line=1)
        stray, questions = _read_body(lines, known, path.name)
        if stray:
            first = next(number for number, line in enumerate(lines, start=1) if line.strip())
            message = "This text stands above the first '##' question; move it into set.md."
            raise FormatError(message, source=path.name, line=first)
        placed += [(question, path.name) for question in questions]
    _refuse_repeated(placed)
    return replace(document, questions=tuple(question for question, _ in placed))


def read_question(text: str, *, name: str) -> QuestionDraft:
    """The one question of a file, with or without a head above it; FormatError as above."""
    lines = tidy(text, name=name).split("\n")
    if head_of(lines) is not None:
        questions = list(read_set(text, name=name).questions)
    else:
        questions = _read_body(lines, None, name)[1]
    if len(questions) != 1:
        message = f"This file should hold one '##' question; it holds {len(questions)}."
        raise FormatError(message, source=name, line=1)
    return questions[0]


def write_set(document: SetDocument) -> str:
    """One file in our format, which `read_set` turns into the same document again.

    Headings in a question's texts move to level 4 so that they stay inside. FormatError when
    a text cannot be kept inside, such as one with a code fence that is never closed.
    """
    settled = _settled(document)
    text = "\n".join(_document_lines(settled)) + "\n"
    source = f"{document.slug}.md"
    again = _settled(read_set(text, name=source))
    if replace(again, questions=()) != replace(settled, questions=()):
        message = "The description cannot be written: close its code fences, use no headings."
        raise FormatError(message, source=source, line=1)
    for number, question in enumerate(settled.questions):
        if again.questions[number : number + 1] != (question,):
            message = (
                f"'{question.title}' cannot be written: close the code fences in its texts, "
                "and end its title with a word."
            )
            raise FormatError(message, source=source, line=1)
    return text


def _read_body(
    lines: list[str], known: Collection[str] | None, source: str
) -> tuple[str, list[QuestionDraft]]:
    """The text above the first question, and the questions."""
    headings = _headings(lines, source)
    starts = [number for number, heading in enumerate(headings) if heading.level == QUESTION]
    first = starts[0] if starts else len(headings)
    if first:
        message = "There is no question above this '###' section; a question begins with '##'."
        raise FormatError(message, source=source, line=headings[0].index + 1)
    ends = [*(heading.index for heading in headings[1:]), len(lines)]
    parts = [
        Section(heading.text, heading.index + 1, heading.index + 2, lines[heading.index + 1 : end])
        for heading, end in zip(headings, ends, strict=False)
    ]
    questions = []
    for start, end in pairwise([*starts, len(headings)]):
        sections = _sections(parts[start + 1 : end], source)
        opening = parts[start]
        questions.append(
            read_question_block(opening.name, opening, sections, known_topics=known, source=source)
        )
    above = lines[: headings[0].index] if headings else lines
    return without_blank_edges(above), questions


def _headings(lines: list[str], source: str) -> list[Heading]:
    # Metadata is blanked before the second look: as Markdown it would be a list, and an
    # indented prompt below it would belong to the list.
    masked = list(lines)
    for heading in _top_headings(lines):
        if heading.level == QUESTION:
            below = heading.index + 1
            length = metadata_length(lines[below:])
            masked[below : below + length] = [""] * length
    headings = list(_top_headings(masked))
    for heading in headings:
        fault = ""
        if heading.underlined:
            fault = (
                "Underlined headings are not used here: begin the line with '##', "
                "or leave a blank line above a rule."
            )
        elif heading.level == PART:
            fault = "A single '#' is not used here: the title stands in the head of the file."
        if fault:
            raise FormatError(fault, source=source, line=heading.index + 1)
    return headings


def _top_headings(lines: list[str]) -> Iterator[Heading]:
    tokens = PARSER.parse("\n".join(lines))
    for number, token in enumerate(tokens):
        level = int(token.tag[1]) if token.type == "heading_open" else SECTION + 1
        if level <= SECTION and token.level == 0 and token.map:
            underlined = token.markup in {"=", "-"}
            yield Heading(level, tokens[number + 1].content.strip(), token.map[0], underlined)


def _sections(parts: list[Section], source: str) -> list[Section]:
    sections: dict[str, Section] = {}
    for part in parts:
        name = SECTION_NAMES.get(part.name.lower())
        if name is None:
            message = (
                f"'{part.name}' is not a section of a question; they are {', '.join(SECTIONS)}. "
                "A heading inside a text begins with '####'."
            )
            raise FormatError(message, source=source, line=part.line)
        if name in sections:
            message = f"'{name}' stands here a second time; keep one of the two."
            raise FormatError(message, source=source, line=part.line)
        sections[name] = replace(part, name=name)
    return list(sections.values())


def _refuse_repeated(placed: list[tuple[QuestionDraft, str]]) -> None:
    seen: dict[str, tuple[int, str]] = {}
    for question, source in placed:
        if question.key in seen:
            line, other = seen[question.key]
            message = (
                f"The key '{question.key}' is already taken by the question at line {line} of "
                f"{other}; give one of them another '- key: …'."
            )
            raise FormatError(message, source=source, line=question.line)
        seen[question.key] = (question.line, source)


def _document_lines(document: SetDocument) -> Iterator[str]:
    yield from ("---", f"set: {document.slug}", f"title: {_quoted(document.title)}")
    if document.topics:
        yield "topics:"
        yield from (f"  {_quoted(topic.slug)}: {_quoted(topic.name)}" for topic in document.topics)
    yield "---"
    if document.description:
        yield document.description
    for question in document.questions:
        yield ""
        yield from _question_lines(question)


def _question_lines(question: QuestionDraft) -> Iterator[str]:
    yield f"## {question.title}"
    yield f"- key: {question.key}"
    if question.topics:
        yield f"- topics: {', '.join(question.topics)}"
    if question.minutes is not None:
        yield f"- minutes: {question.minutes}"
    if question.prompt:
        yield from ("", question.prompt)
    if question.reference_answer:
        yield from ("", "### Reference answer", question.reference_answer)
    if question.criteria:
        yield from ("", "### Criteria")
        for line in question.criteria:
            kind = "" if line.kind == "required" else f"{line.kind} "
            yield f"- {kind}{line.weight.normalize():f}: {line.text}"
    if question.grader_notes:
        yield from ("", "### Notes for graders", question.grader_notes)


def _quoted(text: str) -> str:
    """A YAML scalar: as it is when that is plainly text, in double quotes otherwise."""
    if re.fullmatch(r"[A-Za-z][\w .,()&/+-]*", text) and text == text.strip():
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _settled(document: SetDocument) -> SetDocument:
    """The document as its file can hold it: no line numbers, no blank edges, deep headings."""
    questions = tuple(
        replace(
            question,
            title=" ".join(question.title.split()),
            prompt=_inside(question.prompt),
            reference_answer=_inside(question.reference_answer),
            grader_notes=_inside(question.grader_notes),
            criteria=tuple(
                replace(line, text=" ".join(line.text.split())) for line in question.criteria
            ),
            line=0,
        )
        for question in document.questions
    )
    description = without_blank_edges(document.description.split("\n"))
    return replace(document, description=description, questions=questions, unplaced=())


def _inside(text: str) -> str:
    lines = text.replace("\r\n", "\n").split("\n")
    for heading in reversed(list(_top_headings(lines))):
        height = 1
        if heading.underlined:
            height = next(
                count
                for count, line in enumerate(lines[heading.index :], start=1)
                if count > 1 and re.fullmatch(r" {0,3}(=+|-+)\s*", line)
            )
        lines[heading.index : heading.index + height] = ["#### " + heading.text.replace("\n", " ")]
    return without_blank_edges(lines)
