"""How much passages of an answer say what a proposition says, in meaning and in words."""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from grading.grader.seam import Embedder
from grading.grader.text import STOPWORDS, clauses, content_stems, plain, words
from grading.grader.verdict import Span

MEANING: Final = 0.6  # share of the cosine in a likeness; shared content words make the rest
ASKED: Final = 0.3  # weight of a word that the question hands out anyway, against 1
NEGATIONS: Final = frozenset({"not", "no", "never", "cannot", "nothing", "none", "neither", "nor"})
ARTICLES: Final = frozenset({"the", "a", "an"})

# Measured on the reference answers: shuffled word by word, and with function words taken out.
SALAD_WORDS: Final = 15
BARE_SHARE: Final = 0.08
STRANDED_SHARE: Final = 0.15
STRANDING: Final = STOPWORDS - {"one", "other", "very", "just", "s", "t", "d", "m", "each", "how"}
PAUSE: Final = re.compile(r"(?:,|:|\s[-–—])\s+")  # noqa: RUF001 - dashes are the point
BREATH: Final = re.compile(r"[,;:()|/]| [-–—] ")  # noqa: RUF001 - the same
PART: Final = 4  # words

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a sentence, a sentence, or two neighbouring sentences of one paragraph."""

    span: Span
    text: str
    stems: frozenset[str]
    negative: bool


def passages(text: str) -> list[Passage]:
    """Every clause, its longer parts between commas, and every pair of neighbours."""
    found = clauses(text)
    spans = [(clause.start, clause.end, clause.text) for clause in found]
    for first, second in itertools.pairwise(found):
        if first.block == second.block:
            spans.append((first.start, second.end, f"{first.text} {second.text}"))
    for clause in found:
        if not clause.is_code:
            spans.extend(_parts(text, clause.start, clause.end))
    return [
        Passage(Span(start, end), spoken, frozenset(content_stems(spoken)), is_negative(spoken))
        for start, end, spoken in spans
    ]


def _parts(text: str, start: int, end: int) -> list[tuple[int, int, str]]:
    """Cut a sentence at commas and colons, never into pieces of less than four words."""
    parts = []
    begin = start
    for pause in PAUSE.finditer(text, start, end):
        before, after = text[begin : pause.start()], text[pause.end() : end]
        if min(len(words(before)), len(words(after))) >= PART:
            parts.append((begin, pause.start(), plain(before)))
            begin = pause.end()
    return [*parts, (begin, end, plain(text[begin:end]))] if parts else []


def is_negative(text: str) -> bool:
    """Whether a sentence denies: an odd number of negations."""
    denials = sum(word in NEGATIONS or word.endswith("n't") for word in words(text))
    return denials % 2 == 1


def is_word_salad(text: str) -> bool:
    """Whether words stand without the grammar of sentences: shuffled, or terms strung together.

    In English an article is followed by a noun phrase, hardly ever by another function word; and
    a long run of words without pauses holds some function words. Short list items may hold none.
    """
    spoken = [clause.text for clause in clauses(text) if not clause.is_code]
    runs = [run for said in spoken for run in map(words, BREATH.split(said)) if run]
    total = sum(len(run) for run in runs)
    if total < SALAD_WORDS:
        return False
    after = [
        follower
        for run in runs
        for word, follower in zip(run, [*run[1:], "the"], strict=True)
        if word in ARTICLES
    ]
    stranded = sum(word in STRANDING for word in after)
    strung = sum(len(run) for run in runs if _is_strung_together(run))
    return stranded >= max(2, STRANDED_SHARE * len(after)) or strung > total / 2


def _is_strung_together(run: list[str]) -> bool:
    functional = sum(word in STOPWORDS for word in run)
    return len(run) >= SALAD_WORDS and functional < BARE_SHARE * len(run)


class Vectors:
    """The vectors of every text of one judgement, asked for in one call and each text once."""

    def __init__(self, texts: Iterable[str], embedder: Embedder) -> None:
        distinct = list(dict.fromkeys(texts))
        self._known = dict(zip(distinct, embedder.embed(distinct), strict=True))

    def cosines(self, left: Sequence[str], right: Sequence[str]) -> Matrix:
        return self._rows(left) @ self._rows(right).T

    def _rows(self, texts: Sequence[str]) -> Matrix:
        return np.array([self._known[text] for text in texts], dtype=np.float64)


def likeness(
    propositions: Sequence[str], found: Sequence[Passage], question: str, vectors: Vectors
) -> Matrix:
    """Return a matrix, propositions x passages, of values from about 0 to 1.

    Each blends the cosine of the two texts with the share of the proposition's content words
    that the passage uses; words of the question count little.
    """
    if not propositions or not found:
        return np.zeros((len(propositions), len(found)))
    asked = frozenset(content_stems(question))
    wanted = [frozenset(content_stems(text)) for text in propositions]
    shared = np.array([[_share(stems, p.stems, asked) for p in found] for stems in wanted])
    cosines = vectors.cosines(propositions, [passage.text for passage in found])
    blended: Matrix = MEANING * cosines + (1 - MEANING) * shared
    return blended


def _share(wanted: frozenset[str], used: frozenset[str], asked: frozenset[str]) -> float:
    weight = {word: ASKED if word in asked else 1.0 for word in wanted}
    whole = sum(weight.values())
    return sum(weight[word] for word in wanted & used) / whole if whole else 0.0
