"""`<details><summary>question</summary>answer</details>`, on one line or on many."""

import re
from bisect import bisect
from dataclasses import dataclass

from interview.formats.source import without_blank_edges

TAG = re.compile(r"<(?P<close>/)?details\b[^>]*>", re.IGNORECASE)
SUMMARY = re.compile(r"\s*<summary\b[^>]*>(?P<summary>.*?)</summary>", re.IGNORECASE | re.DOTALL)
WRAPPED = re.compile(
    r"(?:\s*<br */?>)*\s*<(?P<tag>p|b|div)>(?P<inside>.*)</(?P=tag)>\s*", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Details:
    """An outermost element: characters [start, end) of the text, and what it holds.

    `first` and `last` are the indexes of its lines, both included.
    """

    start: int
    end: int
    first: int
    last: int
    summary: str
    inside: str


def details_in(text: str, verbatim: set[int]) -> list[Details]:
    """The outermost elements of a text in order; tags on `verbatim` lines are code."""
    visible = _without_code(text, verbatim)
    breaks = [place for place, letter in enumerate(text) if letter == "\n"]
    found: list[Details] = []
    depth = start = 0
    for tag in TAG.finditer(visible):
        if tag["close"]:
            depth = max(depth - 1, 0)
            if depth == 0 and start < tag.start():
                found += _element(text, start, tag, breaks)
                start = tag.end()
        else:
            start = tag.start() if depth == 0 else start
            depth += 1
    return found


def _element(text: str, start: int, close: re.Match[str], breaks: list[int]) -> list[Details]:
    opening = TAG.match(text, start)
    if opening is None:
        return []  # a closing tag without an opening one
    summary = SUMMARY.match(text, opening.end())
    if summary is None:
        return []
    inside = text[summary.end() : close.start()]
    words = re.sub(r"<[^>]+>", "", summary["summary"])
    first, last = bisect(breaks, start), bisect(breaks, close.start())
    return [Details(start, close.end(), first, last, " ".join(words.split()), _tidied(inside))]


def _tidied(inside: str) -> str:
    """The content without one tag around all of it and without a common indent."""
    wrapped = WRAPPED.fullmatch(inside)
    if wrapped and f"<{wrapped['tag']}>" not in wrapped["inside"].lower():
        inside = wrapped["inside"]
    first, *others = inside.split("\n")
    indents = [len(line) - len(line.lstrip()) for line in others if line.strip()]
    margin = min(indents, default=0)
    return without_blank_edges([first.strip(), *(line[margin:] for line in others)])


def _without_code(text: str, verbatim: set[int]) -> str:
    """The text at the same length with code blanked out."""
    lines = [
        " " * len(line) if index in verbatim else line
        for index, line in enumerate(text.split("\n"))
    ]
    return re.sub(r"`[^`\n]*`", lambda code: " " * len(code[0]), "\n".join(lines))
