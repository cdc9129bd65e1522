"""Questions that are items of a list, with the answer indented below or up to the next item."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from interview.formats.outline.page import DEEPEST, Block, Found, Heading, Page, next_of
from interview.formats.outline.signs import asks, marked_answer, without_number
from interview.formats.source import without_blank_edges

MARKER = re.compile(r"(?P<indent>\s*)(?:[-*+]|(?P<number>\d+)[.)])(?P<gap>\s*)(?:\[[ xX]\]\s+)?")
BOLD = re.compile(r"(\*\*|__)(?P<words>.+?)\1\s*(?P<rest>.*)", re.DOTALL)
DASHES = ":-\u2013\u2014"  # what may stand between a bold question and its answer
HEADING = re.compile(r"#{1,6}\s+(?P<words>.+?)(?:\s+#+)?\s*")
WIDEST_GAP = 4  # spaces after a marker; from five on they are the item's own indent


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list: lines [start, end) and their text without marker and indent."""

    start: int
    end: int
    number: int
    lines: list[str]

    @property
    def first_words(self) -> str:
        return next((line for line in self.lines if line.strip()), "")


@dataclass(frozen=True, slots=True)
class ItemList:
    block: Block
    items: list[Item]


def question_lists(page: Page, *, every: bool) -> list[ItemList]:
    """The lists at least half of whose items ask; with `every`, all numbered lists."""
    found = []
    for block in page.blocks:
        if block.kind not in {"ordered_list", "bullet_list"} or page.is_bare(
            block.start, block.end
        ):
            continue
        items = list(_items(page, block))
        asked = sum(asks(_split(item.lines)[0]) for item in items)
        if 2 * asked >= len(items) or (every and block.kind == "ordered_list"):
            found.append(ItemList(block, items))
    return found


def find_items(
    page: Page, headings: list[Heading], lists: list[ItemList]
) -> tuple[list[Found], list[Heading]]:
    """The questions of the given lists, and the headings that may be their topics."""
    found = []
    stops = [heading.start for heading in headings]
    followers = [*lists[1:], None]
    for current, following in zip(lists, followers, strict=True):
        stop = next_of(stops, current.block.end - 1, default=len(page.lines))
        if following is not None:
            stop = min(stop, following.block.start)
        for item in current.items:
            words, answer = _split(item.lines)
            page.take(item.start, item.end)
            if item is current.items[-1] and _goes_on(current, following, answer, stop):
                answer = "\n".join([answer, page.take(item.end, stop)])
            found.append(Found(item.start, DEEPEST, words, answer))
    return found, headings


def _goes_on(current: ItemList, following: ItemList | None, answer: str, stop: int) -> bool:
    """Whether what stands below a list, not indented, is the answer of its last item.

    It is when the numbers go on after it, or when the list is one question without an answer.
    """
    if following is not None and stop == following.block.start:
        last, first = current.items[-1].number, following.items[0].number
        if first == last + 1:
            return True
    return len(current.items) == 1 and not answer.strip()


def _items(page: Page, block: Block) -> Iterator[Item]:
    starts = [
        token.map[0]
        for token in block.tokens
        if token.type == "list_item_open" and token.level == 1 and token.map
    ]
    for start, end in pairwise([*starts, block.end]):
        marker = MARKER.match(page.lines[start])
        if marker is None:
            continue
        gap = len(marker["gap"]) if len(marker["gap"]) <= WIDEST_GAP else 1
        margin = marker.end("gap") - len(marker["gap"]) + gap
        first = page.lines[start][marker.end() :]
        lines = [first, *(_dedented(line, margin) for line in page.lines[start + 1 : end])]
        yield Item(start, end, int(marker["number"] or 0), lines)


def _dedented(line: str, margin: int) -> str:
    """The line without its first `margin` columns of white space; a tab reaches the next four."""
    column = index = 0
    while index < len(line) and column < margin and line[index] in " \t":
        column += 4 - column % 4 if line[index] == "\t" else 1
        index += 1
    return " " * max(column - margin, 0) + line[index:]


def _split(lines: list[str]) -> tuple[str, str]:
    """An item's question and what is left of the item."""
    if heading := HEADING.fullmatch(lines[0]):
        return without_number(heading["words"]), without_blank_edges(lines[1:])
    end = 1
    while end < len(lines) and lines[end].strip() and _is_prose(lines[end]):
        end += 1
    paragraph, below = lines[:end], lines[end:]
    words, rest = _question_of(paragraph)
    return without_number(words), without_blank_edges([*rest.split("\n"), *below])


def _is_prose(line: str) -> bool:
    return marked_answer(line) is None and not re.match(
        r"\s*(?:[-*+>#|<]\s?|\d+[.)] |```|~~~)", line
    )


def _question_of(paragraph: list[str]) -> tuple[str, str]:
    text = "\n".join(paragraph)
    bold = BOLD.fullmatch(text)
    if bold and (bold["words"].rstrip(" :").endswith("?") or bold["rest"][:1] in ("", *DASHES)):
        return _one_line(bold["words"]).rstrip(" :"), bold["rest"].lstrip(f"{DASHES} ")
    hidden = re.sub(r"`[^`]*`", lambda code: "x" * len(code[0]), text)
    mark = re.match(r"[^?]*\?+[*_]*", hidden, re.DOTALL)
    while mark:  # 'What is it? Why?' is one question
        more = re.compile(r"\s*(?:[^.!?\n]*\?+[*_]*|\([^()\n]*\)\s*$)").match(hidden, mark.end())
        if more is None:
            return _one_line(text[: mark.end()]), text[mark.end() :].strip()
        mark = more
    if len(paragraph) > 1 and not paragraph[1].lstrip()[:1].islower():
        return paragraph[0].strip(), "\n".join(paragraph[1:])
    return _one_line(text), ""


def _one_line(text: str) -> str:
    return " ".join(text.split())
