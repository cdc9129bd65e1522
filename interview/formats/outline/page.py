"""A document as numbered lines with headings and blocks, and an account of which are used."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

from interview.formats.document import Unplaced
from interview.formats.outline.signs import (
    is_anchor,
    is_contents,
    is_rule,
    is_to_top,
    marked_answer,
    marked_question,
    plain,
)

PARSER = MarkdownIt("commonmark").enable("table")
VERBATIM = {"fence", "code_block"}


@dataclass(frozen=True, slots=True)
class Heading:
    """Lines [start, end) counted from 0; `text` is plain words, `markup` what they came from."""

    level: float
    text: str
    markup: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Found:
    """A question as its shape gives it: where it begins, its words, everything below them.

    `level` is that of its heading, or DEEPEST where it has none.
    """

    start: int
    level: float
    markup: str
    body: str


DEEPEST = 7  # below every heading


@dataclass(frozen=True, slots=True)
class Block:
    """A top-level block of the document: lines [start, end) and the tokens it parsed to."""

    kind: str
    start: int
    end: int
    tokens: tuple[Token, ...]


@dataclass(slots=True)
class Page:
    """`placed` holds the indexes of lines that are part of the result or need not be."""

    lines: list[str]
    headings: list[Heading]  # in the order of their lines, as the blocks are
    heading_starts: list[int]
    blocks: list[Block]
    verbatim: set[int]
    rules: set[int] = field(default_factory=set)
    placed: set[int] = field(default_factory=set)
    remarks: list[Unplaced] = field(default_factory=list)

    def take(self, start: int, end: int) -> str:
        """The text of lines [start, end), which from now on are accounted for."""
        self.placed.update(range(start, end))
        return "\n".join(self.lines[start:end])

    def next_heading(self, line: int) -> int:
        """The line of the first heading below a line, or where the document ends."""
        return next_of(self.heading_starts, line, default=len(self.lines))

    def is_bare(self, start: int, end: int) -> bool:
        """Whether lines [start, end) hold nothing a reader would miss."""
        return all(
            not self.lines[index].strip() or index in self.placed for index in range(start, end)
        )

    def rest(self) -> tuple[Unplaced, ...]:
        """Everything not accounted for, a block at a time, in the order of the lines."""
        edges = {edge for block in self.blocks for edge in (block.start, block.end)}
        found: list[Unplaced] = list(self.remarks)
        run: list[str] = []
        for index, line in enumerate([*self.lines, ""]):
            free = index < len(self.lines) and index not in self.placed
            if run and (not free or index in edges):
                text = "\n".join(run).rstrip()
                found.append(Unplaced(line=index - len(run) + 1, text=text))
                run = []
            if free and (run or line.strip()):
                run.append(line)
        return tuple(sorted(found, key=lambda entry: entry.line))


def next_of(starts: list[int], line: int, *, default: int) -> int:
    """The first of some sorted line indexes that is greater than `line`."""
    place = bisect_right(starts, line)
    return starts[place] if place < len(starts) else default


def read_page(text: str) -> Page:
    lines = text.split("\n")
    blocks = _blocks(PARSER.parse(text), lines)
    verbatim = {
        index
        for block in blocks
        for token in block.tokens
        if token.type in VERBATIM and token.map
        for index in range(*token.map)
    }
    headings = [
        Heading(int(block.tokens[0].tag[1]), plain(markup), markup, block.start, block.end)
        for block in blocks
        if block.kind == "heading"
        for markup in (block.tokens[1].content,)
    ]
    starts = [heading.start for heading in headings]
    page = Page(lines, headings, starts, blocks, verbatim)
    for index, line in enumerate(lines):
        if index in verbatim:
            continue
        if is_rule(line):
            page.rules.add(index)
        elif is_to_top(line) or is_anchor(line):
            page.placed.add(index)
    for block in blocks:
        if _only_points(block):
            page.placed.update(range(block.start, block.end))
    for heading in headings:
        page.rules -= set(range(heading.start + 1, heading.end))  # an underline is no rule
    page.placed |= page.rules
    for heading in headings:
        if is_contents(heading.text) and page.is_bare(
            heading.end, page.next_heading(heading.start)
        ):
            page.take(heading.start, heading.end)
    return page


def _blocks(tokens: list[Token], lines: list[str]) -> list[Block]:
    opened = [number for number, token in enumerate(tokens) if token.level == 0 and token.map]
    has_hashes = any(tokens[number].markup in {"#", "##"} for number in opened)
    blocks = []
    for number, following in zip(opened, [*opened[1:], len(tokens)], strict=False):
        token = tokens[number]
        start, end = token.map or (0, 0)
        kind = token.type.removesuffix("_open")
        inside = tuple(tokens[number:following])
        if (
            kind == "heading"
            and token.markup == "-"
            and _is_accident(lines, start, end, has_hashes)
        ):
            blocks.append(Block("paragraph", start, end - 1, inside))
            blocks.append(Block("hr", end - 1, end, ()))
        else:
            while end > start and not lines[end - 1].strip():
                end -= 1
            blocks.append(Block(kind, start, end, inside))
    return blocks


def _is_accident(lines: list[str], start: int, end: int, has_hashes: bool) -> bool:
    """Whether text underlined with hyphens is a paragraph whose author meant a rule below it."""
    marked = any(
        marked_question(line) is not None or marked_answer(line) is not None
        for line in lines[start:end]
    )
    has_several_lines = start + 1 < end - 1  # above the underline
    return marked or has_hashes or has_several_lines


def _only_points(block: Block) -> bool:
    """Whether a list or table does nothing but point to places in the same document."""
    if block.kind not in {"bullet_list", "ordered_list", "table", "paragraph"}:
        return False
    in_head = False
    linked = False
    for token in block.tokens:
        in_head = token.type == "thead_open" or (in_head and token.type != "thead_close")
        if token.type in VERBATIM or token.type == "html_block":
            return False
        if token.type != "inline" or in_head:
            continue
        links, words = _links_and_words(token)
        linked = linked or bool(links)
        if any(not link.startswith("#") for link in links) or re.search(r"[^\W\d_]", words):
            return False
    return linked


def _links_and_words(inline: Token) -> tuple[list[str], str]:
    """Where an inline's links lead, and its words outside of them."""
    links: list[str] = []
    words: list[str] = []
    inside = False
    for child in inline.children or ():
        if child.type == "link_open":
            links.append(str(child.attrGet("href") or ""))
        if child.type in {"link_open", "link_close"}:
            inside = child.type == "link_open"
        elif not inside and child.type != "html_inline":
            words.append(child.content or ("image" if child.type == "image" else ""))
    return links, " ".join(words)
