"""A question's body taken apart: what the candidate is shown, and the reference answer."""

import re

from interview.formats.outline.details import details_in
from interview.formats.outline.page import PARSER, VERBATIM
from interview.formats.outline.signs import (
    ANSWER_ON_SAME_LINE,
    ANSWER_SUMMARY,
    is_anchor,
    is_rule,
    is_to_top,
    marked_answer,
    marked_question,
    plain,
)
from interview.formats.source import without_blank_edges

EMPTY_END = re.compile(r"\s*<div[^>]*>\s*</div>\s*\Z", re.IGNORECASE)  # a link to the top was in it


def verbatim_lines(text: str) -> set[int]:
    """Indexes of the lines that are code, where no line means anything but itself."""
    return {
        index
        for token in PARSER.parse(text)
        if token.type in VERBATIM and token.map
        for index in range(*token.map)
    }


def has_answer_mark(body: str) -> bool:
    """Whether something in the body says where the answer begins."""
    lines = body.split("\n")
    return _mark(lines, verbatim_lines(body)) is not None


def split_body(body: str, *, trust_marks: bool) -> tuple[str, str]:
    """The prompt and the reference answer, either of which may be empty.

    What stands above an answer's mark is the prompt. A mark further down than the first
    block counts only if `trust_marks`, for 'Answer:' can also be a word of the answer.
    """
    lines = _trimmed(body)
    verbatim = verbatim_lines("\n".join(lines))
    prompt: list[str] = []
    asked = marked_question(lines[0]) if lines else None
    if asked is not None:
        end = _paragraph_end(lines, 1, verbatim)
        first, *same_line = ANSWER_ON_SAME_LINE.split(asked, maxsplit=1)
        prompt = [first, *lines[1:end]]
        lines = [*same_line, *lines[end:]]
        verbatim = verbatim_lines("\n".join(lines))
    mark = _mark(lines, verbatim)
    if mark is not None and (asked is not None or trust_marks or not _has_words(lines[: mark[0]])):
        index, rest = mark
        prompt += lines[:index]
        lines = [rest, *lines[index + 1 :]]
    answer = _unwrapped(without_blank_edges(lines))
    return without_blank_edges(prompt), without_blank_edges(_trimmed(answer))


def _trimmed(body: str) -> list[str]:
    """The lines without links to the top, and without rules and link targets at the end."""
    verbatim = verbatim_lines(body)
    kept = [
        (index, line)
        for index, line in enumerate(body.split("\n"))
        if index in verbatim or not is_to_top(line)
    ]
    while kept:
        index, line = kept[-1]
        if line.strip() and (index in verbatim or not (is_rule(line) or is_anchor(line))):
            break
        kept.pop()
    while kept and not kept[0][1].strip():
        kept.pop(0)
    return EMPTY_END.sub("", "\n".join(line for _, line in kept)).split("\n")


def _paragraph_end(lines: list[str], start: int, verbatim: set[int]) -> int:
    """Where a marked question's own lines end: at a blank line, a block or the answer's mark."""
    end = start
    while (
        end < len(lines)
        and lines[end].strip()
        and end not in verbatim
        and marked_answer(lines[end]) is None
        and not re.match(r" {0,3}(?:[-*+] |\d+[.)] |#|>|<details)", lines[end])
    ):
        end += 1
    return end


def _mark(lines: list[str], verbatim: set[int]) -> tuple[int, str] | None:
    """The line where the answer is said to begin, and what of it belongs to the answer."""
    for index, line in enumerate(lines):
        if index in verbatim:
            continue
        following = lines[index + 1] if index + 1 < len(lines) else ""
        rest = marked_answer(line, following)
        if rest is not None:
            return index, rest
        if line.lstrip().lower().startswith("<details"):
            rest_of_text = "\n".join(lines[index:])
            found = details_in(rest_of_text, verbatim_lines(rest_of_text))
            if found and ANSWER_SUMMARY.fullmatch(plain(found[0].summary)):
                return index, line
    return None


def _has_words(lines: list[str]) -> bool:
    return any(line.strip() for line in lines)


def _unwrapped(answer: str) -> str:
    """The answer out of a `<details>` that holds nothing but it."""
    found = details_in(answer, verbatim_lines(answer))
    if len(found) != 1 or not ANSWER_SUMMARY.fullmatch(plain(found[0].summary)):
        return answer
    before, after = answer[: found[0].start], answer[found[0].end :]
    if before.strip() or after.strip():
        return answer
    return found[0].inside
