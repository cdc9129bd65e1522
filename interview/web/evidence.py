"""The candidate's own words with the evidence in them marked, escaped and in their typed shape."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

# A fenced block (to its closing fence, or to the end), or a run of lines that are not blank.
_BLOCK = re.compile(
    r"^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*(?:\n(?! {0,3}(?P=fence))[^\n]*)*(?:\n[^\n]*)?"
    r"|^(?=.*\S)[^\n]+(?:\n(?! {0,3}(?:`{3}|~{3}))(?=.*\S)[^\n]+)*",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where the answer speaks to one criterion: ``spans`` are [start, end) in characters."""

    number: int
    shape: str  # the verdict's shape: "met", "partial", "missed", "contra"
    word: str  # the verdict in words, for screen readers
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """The part of one span that lies in one block."""

    start: int
    end: int
    source: Evidence
    anchor: str = ""  # on the first piece of a span
    is_last: bool = False  # the number stands where a span ends


def highlight(text: str, evidence: Sequence[Evidence]) -> SafeString:
    """Return ``text`` as paragraphs and code blocks, every span of ``evidence`` in a ``mark``.

    Nothing is interpreted but blank lines and code fences, so offsets hold. Spans may nest,
    overlap and cross blocks; what lies outside the text is left out.
    """
    blocks = [(found.start(), found.end(), bool(found["fence"])) for found in _BLOCK.finditer(text)]
    pieces = [piece for row in evidence for piece in _pieces(row, [block[:2] for block in blocks])]
    html = []
    for start, end, is_code in blocks:
        inside = [piece for piece in pieces if start <= piece.start < end]
        body = _marked(text, start, end, inside)
        html.append(f"<pre><code>{body}</code></pre>" if is_code else f"<p>{body}</p>")
    return mark_safe("".join(html))  # noqa: S308 - built of escaped text and our own tags


def anchor_of(number: int, place: int = 0) -> str:
    """The id of a criterion's evidence, by the place of the span among its spans."""
    return f"e{number}" if place == 0 else f"e{number}-{place + 1}"


def _pieces(row: Evidence, blocks: Sequence[tuple[int, int]]) -> Iterator[_Piece]:
    place = 0
    for start, end in sorted(row.spans):
        cuts = [(max(start, first), min(end, last)) for first, last in blocks]
        cuts = [(first, last) for first, last in cuts if first < last]
        for index, (first, last) in enumerate(cuts):
            anchor = anchor_of(row.number, place) if index == 0 else ""
            yield _Piece(first, last, row, anchor, is_last=index == len(cuts) - 1)
        place += bool(cuts)


def _marked(text: str, start: int, end: int, pieces: Sequence[_Piece]) -> str:
    """One block: marks opened and closed at each boundary, properly nested.

    A mark that has to close while another inside it stays open closes that one too and opens it
    again behind.
    """
    edges = sorted({start, end, *(p.start for p in pieces), *(p.end for p in pieces)})
    html: list[str] = []
    opened: list[_Piece] = []
    for here, following in zip(edges, [*edges[1:], end], strict=True):
        ending = [piece for piece in opened if piece.end == here]
        if ending:
            outermost = opened.index(ending[0])
            closing, opened = opened[outermost:], opened[:outermost]
            html += [_close(piece, ends=piece.end == here) for piece in reversed(closing)]
            for piece in closing:
                if piece.end != here:
                    opened.append(piece)
                    html.append(_open(piece, again=True))
        starting = [piece for piece in pieces if piece.start == here]
        for piece in sorted(starting, key=lambda piece: (-piece.end, piece.source.number)):
            opened.append(piece)
            html.append(_open(piece))
        html.append(escape(text[here:following]))
    return "".join(html)


def _open(piece: _Piece, *, again: bool = False) -> str:
    anchor = format_html(' id="{}"', piece.anchor) if piece.anchor and not again else ""
    source = piece.source
    return format_html('<mark{} data-c="{}" data-v="{}">', anchor, source.number, source.shape)


def _close(piece: _Piece, *, ends: bool) -> str:
    if not (ends and piece.is_last):
        return "</mark>"
    return format_html(
        '<a class="ref" href="#c{}" aria-label="Point {}, {}">{}</a></mark>',
        piece.source.number,
        piece.source.number,
        piece.source.word,
        piece.source.number,
    )
