"""No credit without the candidate's own words: spans are checked, quotes are found or dropped."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from grading.grader.text import INVISIBLE, TYPOGRAPHY
from grading.grader.verdict import CriterionVerdict, Mark, Span

MARKS = frozenset("*`")  # Markdown that a quote may leave out
# What folding changes in case alone comes in runs; the other characters come one by one.
RUN = re.compile(r"[!-)+-_a-~]+|.", re.DOTALL)


def find_quote(answer: str, quote: str) -> Span | None:
    """Return where `quote` stands in `answer`, whole words only, or None.

    Case, spacing, Markdown marks and the shape of quotes and dashes may differ; words may not. In
    an answer of signs alone, the signs are the words.
    """
    if not _has_words(answer):
        at = answer.find(sign) if (sign := quote.strip(" `\"'")) else -1
        return Span(at, at + len(sign)) if at >= 0 else None
    said = quote.strip().strip("\"'“”‘’…").strip()  # noqa: RUF001 - typographic quotes
    if (
        (at := answer.find(said)) >= 0
        and _is_whole(answer, at, at + len(said))
        and _has_words(said)
    ):
        return Span(at, at + len(said))  # as it stands, as most do
    haystack, offsets = _folded(answer)
    needle = _plain(said).strip().removesuffix("...").removeprefix("...").strip()
    if not _has_words(needle):
        return None
    at = haystack.find(needle)
    while at >= 0:
        end = at + len(needle)
        if _is_whole(haystack, at, end):
            return Span(offsets[at], offsets[end - 1] + 1)
        at = haystack.find(needle, at + 1)
    return None


def _has_words(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _plain(quote: str) -> str:
    """The quote as `_folded` has it, in one go where it is ASCII."""
    if not quote.isascii():
        return _folded(quote)[0]
    return " ".join(quote.replace("*", "").replace("`", "").lower().split())


@lru_cache(maxsize=16)  # the quotes of one judgement come one after another
def _folded(text: str) -> tuple[str, list[int]]:
    """The text in a form to compare, and for each of its characters the offset it came from."""
    pieces: list[str] = []
    offsets: list[int] = []
    is_parted = True  # nothing yet, or a blank, stands before
    for found in RUN.finditer(text):
        offset, original = found.start(), found[0]
        if len(original) > 1:
            pieces.append(original.lower())
            offsets.extend(range(offset, found.end()))
            is_parted = False
            continue
        if original in MARKS or ord(original) in INVISIBLE:
            continue
        for character in _plain_form(original):
            blank = character.isspace()
            if blank and is_parted:
                continue
            pieces.append(" " if blank else character)
            offsets.append(offset)
            is_parted = blank
    return "".join(pieces), offsets


@lru_cache(maxsize=2048)
def _plain_form(character: str) -> str:
    return character.translate(TYPOGRAPHY).casefold()


def _is_whole(text: str, start: int, end: int) -> bool:
    cuts_front = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    cuts_back = end < len(text) and text[end].isalnum() and text[end - 1].isalnum()
    return not cuts_front and not cuts_back


def check_evidence(
    answer: str, verdict: CriterionVerdict, barred: Sequence[Span] = ()
) -> CriterionVerdict:
    """Keep the spans that point at words of the answer; a mark left with none becomes NOT_MET.

    `barred` passages, in order, speak to the grader: they are cut out of every span.
    """
    allowed = [part for span in verdict.evidence for part in _outside(span, barred)]
    spans = tuple(sorted(set(_sound_spans(answer, allowed)), key=lambda span: span.start))
    if verdict.mark is Mark.NOT_MET:
        return replace(verdict, evidence=())
    return replace(verdict, evidence=spans, mark=verdict.mark if spans else Mark.NOT_MET)


def _outside(span: Span, barred: Sequence[Span]) -> Iterator[Span]:
    start = span.start
    for passage in barred:
        if passage.start < span.end and passage.end > start:
            if passage.start > start:
                yield Span(start, passage.start)
            start = passage.end
    if start == span.start or start < span.end:
        yield Span(start, span.end)


def _sound_spans(answer: str, spans: Sequence[Span]) -> list[Span]:
    sound = []
    for span in spans:
        if not 0 <= span.start < span.end <= len(answer):
            continue
        words = answer[span.start : span.end]
        start = span.start + len(words) - len(words.lstrip())
        end = span.end - len(words) + len(words.rstrip())
        if _has_words(answer[start:end]) or (start < end and not _has_words(answer)):
            sound.append(Span(start, end))
    return sound
