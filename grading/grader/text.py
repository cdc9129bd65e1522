"""Reading text: normal forms, words, and clauses that know where they stand."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

TYPOGRAPHY: Final = str.maketrans(
    dict.fromkeys("‘’‚‛′`´", "'") | dict.fromkeys("“”„‟″«»", '"') | dict.fromkeys("‐‑‒–—―−", "-")  # noqa: RUF001 - the characters are the point
)
INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))

_FUNCTION_WORDS: Final = """
    a an the and or of to in on at by for from with as is are was were be been being am do does
    did done has have had it its this that these those there here they them their he she his her
    we us our you your i me my so such then thus very also just can could may might will would
    shall should must if into out up down over under about which who whom whose what when where
    why how than too any some each every all both either neither one s t re ll ve m d
"""
STOPWORDS: Final = frozenset(_FUNCTION_WORDS.split())
ENDINGS: Final = (
    ("isation", "ize"), ("ization", "ize"), ("ations", "at"), ("ation", "at"), ("ies", "y"),
    ("ing", ""), ("edly", ""), ("ed", ""), ("es", ""), ("ly", ""),
)  # fmt: skip
SHORTEST_STEM: Final = 3

WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
FENCE: Final = re.compile(r"^\s{0,3}(`{3,}|~{3,})")
MARKER: Final = re.compile(
    r"^\s*(?:>\s*)*(?:(?P<head>#{1,6})\s+|(?:[-*+•]|\d{1,3}[.)])\s+|(?:>\s*)+)?"
)
TABLE_RULE: Final = re.compile(r"^[\s|:+-]+$")
SENTENCE_END: Final = re.compile(r"[.!?]+[\"')\]*_]*(?=\s)|;(?=\s)")
ABBREVIATION: Final = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|fig|eq|approx|al|no|dr|mr|ms)|\b[A-Za-z])\.$", re.IGNORECASE
)
CODE_LINES: Final = 12  # a longer code block is read in pieces


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence, list item, heading, table row or piece of code.

    `start` and `end` are character offsets into the text it was read from; `text` is the same
    words without Markdown. `block` is the same for clauses of one paragraph.
    """

    start: int
    end: int
    text: str
    block: int
    is_code: bool = False
    is_heading: bool = False


def normalise(text: str) -> str:
    """One form for texts that read the same, whatever their case, spacing and typography."""
    if text.isascii():  # the same in a tenth of the time
        return " ".join(text.replace("`", "'").lower().split())
    plain = unicodedata.normalize("NFKC", text).translate(INVISIBLE).translate(TYPOGRAPHY)
    return " ".join(plain.casefold().split())


def normalised_hash(text: str) -> str:
    """The sha256, in hex, of what an answer says regardless of spacing. Case is kept, and so are
    raised and lowered signs: O(2ⁿ) is not O(2n)."""
    plain = unicodedata.normalize("NFC", text).translate(INVISIBLE)
    return hashlib.sha256(" ".join(plain.split()).encode()).hexdigest()


def storable(text: str) -> str:
    """The same without what no database takes: NUL, and half of a surrogate pair."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


def words(text: str) -> list[str]:
    """All words and numbers, in order, in normal form."""
    return list(_words(text))


@lru_cache(maxsize=32)  # asked for by whoever has a part in one judgement
def _words(text: str) -> tuple[str, ...]:
    return tuple(WORD.findall(normalise(text)))


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """Cut the commonest English endings, so that "scales", "scaled" and "scaling" are one."""
    word = word.removesuffix("'s")
    for ending, put in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            word = word.removesuffix(ending) + put
            break
    else:
        if word.endswith("s") and not word.endswith(("ss", "us", "is")):
            word = word[:-1] if len(word) > SHORTEST_STEM else word
    if len(word) <= SHORTEST_STEM:
        return word
    if word.endswith("ise"):
        return word[:-3] + "iz"
    if word.endswith("e"):
        return word[:-1]
    return word[:-1] if word[-1] == word[-2] and word[-1] not in "ls" else word


def content_stems(text: str) -> list[str]:
    """The stems of the words that carry meaning, in order, repeats included."""
    return [stem(word) for word in words(text) if word not in STOPWORDS]


def plain(markdown: str) -> str:
    """The words of one Markdown line or paragraph, without its marks."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    text = re.sub(r"</?[A-Za-z][^>]*>", " ", text)
    text = re.sub(r"\*\*|__|`|(?<!\w)[*_](?=\w)|(?<=[\w.,:;!?])[*_](?!\w)", "", text)
    return " ".join(text.replace("|", " ").split())


def clauses(text: str) -> tuple[Clause, ...]:
    """Split prose, Markdown lists, tables and code into clauses, in the order of the text."""
    return tuple(_clauses(text))


def _clauses(text: str) -> Iterator[Clause]:
    for block, (kind, start, end) in enumerate(_blocks(text)):
        if kind == "code":
            yield from _code_clauses(text, start, end, block)
            continue
        split = _trimmed if kind == "heading" else _sentences
        for first, last in split(text, start, end):
            spoken = plain(text[first:last])
            if WORD.search(spoken):
                yield Clause(first, last, spoken, block, is_heading=kind == "heading")


def _blocks(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield (kind, start, end) of each paragraph, list item, heading, table row and code block."""
    fence, opened, begin, end = "", 0, -1, 0
    position = 0
    for line in text.splitlines(keepends=True):
        start, position = position, position + len(line)
        mark = FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip(" \t\r\n`~"):
                yield "code", opened, start
                fence = ""
            continue
        found = MARKER.match(line)
        body = start + (found.end() if found else 0)
        starts_new = bool(mark) or not line.strip() or body > start + _indent(line)
        is_row = line.lstrip().startswith("|")
        if (starts_new or is_row) and begin >= 0:
            yield "prose", begin, end
            begin = -1
        if mark:
            fence, opened = mark[1], position
        elif is_row:
            if not TABLE_RULE.match(line):
                yield "row", start, position
        elif found and found["head"]:
            yield "heading", body, position
        elif line.strip() and not TABLE_RULE.match(line):
            begin, end = (body if begin < 0 else begin), position
    if fence:
        yield "code", opened, position
    elif begin >= 0:
        yield "prose", begin, end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield trimmed (start, end) of each sentence, or half of one at a semicolon."""
    begin = start
    for match in SENTENCE_END.finditer(text, start, end):
        if match[0] == "." and ABBREVIATION.search(text, max(begin, match.end() - 12), match.end()):
            continue
        yield from _trimmed(text, begin, match.end())
        begin = match.end()
    yield from _trimmed(text, begin, end)


def _code_clauses(text: str, start: int, end: int, block: int) -> Iterator[Clause]:
    lines, position = [], start
    for line in text[start:end].splitlines(keepends=True):
        lines.append((position, position + len(line)))
        position += len(line)
    for first in range(0, len(lines), CODE_LINES):
        piece = lines[first : first + CODE_LINES]
        for begin, finish in _trimmed(text, piece[0][0], piece[-1][1]):
            yield Clause(begin, finish, " ".join(text[begin:finish].split()), block, is_code=True)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end
