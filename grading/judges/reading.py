"""An answer beside its rubric: what of each criterion is covered, where, and how soundly."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from grading.embedders.base import TokenReader
from grading.grader.material import Criterion, Kind, Material
from grading.grader.text import stem, words
from grading.judges.claims import Claim, denies
from grading.judges.coverage import coverage, likeness, worth
from grading.judges.stance import leaves_open, taken_back
from grading.judges.tokens import Array, Text, recurring_text
from grading.judges.word_order import is_keywords, orderliness

BORROWED: Final = 0.6  # share of rubric words from which order is looked at: others may write
# tersely, or in another language
BY_CHANCE: Final = 0.2  # share of neighbouring words kept from the rubric that a shuffle may keep
AS_THERE: Final = 0.5  # … and from which the order is the rubric's own
DISORDERED: Final = 0.1  # what words are worth that stand in no order, or without grammar
BACK: Final = 0.05
DENIED: Final = 0.3
ECHOED: Final = 0.8  # a word of the question supports other words less
OPEN: Final = 0.4  # what an answer is worth that says both
QUOTED: Final = 0.95  # share of a criterion's words that the reference uses
LONG: Final = 100  # pieces of a text
# Cosine of answer and reference from which an answer may be, and is, about the question: of answers
# to other questions half lie below .28 and nine of ten below .47, of good ones 95% above .42. Point
# by point, strangers find something everywhere; beside a whole reference they find little.
TOPIC: Final = (0.3, 0.55)
TOPIC_OF_WHOLE: Final = (0.2, 0.35)
DENIED_SHARE: Final = 0.4  # of the clauses, from which the rest is not believed either


@dataclass(frozen=True, slots=True)
class Reading:
    """`near` holds, for each criterion, its pieces x the answer's, already weighed by soundness;
    `plain` the same unweighed. `stands` is what the answer as a whole is worth, 0 to 1."""

    answer: Text
    reference: Text
    near: list[Array]
    plain: list[Array]
    weights: list[Array]
    whole: float | None  # coverage of the reference answer; None where there is none
    stands: float
    on_topic: float  # 0 to 1, of the answer as a whole
    quoted: bool  # whether the rubric is made of the reference's own words
    denied: frozenset[int]  # clauses that say the opposite of something true
    claims: list[Claim]  # of each clause


def read(material: Material, reader: TokenReader) -> Reading:
    def text(said: str) -> Text:
        return recurring_text(said, reader.read(said))

    question = text(material.question)
    answer = Text(material.answer, reader.read(material.answer))
    reference = text(material.reference_answer)
    rubric = [text(criterion.text) for criterion in material.criteria]
    true = reference.claims + [rubric[row].claim for row in true_rows(material.criteria)]
    claims = answer.claims
    denied = frozenset(number for number, said in enumerate(claims) if denies(said, true))
    sound = _soundness(answer, question, Borrowed((reference, *rubric)), denied)
    plain = [likeness(each, answer) for each in rubric]
    near = [matrix * sound for matrix in plain]
    weights = [worth(each, question) for each in rubric]
    whole = likeness(reference, answer) * sound
    quoted = _is_quoted(rubric, reference)
    return Reading(
        answer,
        reference,
        near,
        plain,
        weights,
        coverage(whole, worth(reference, question)) if len(reference) else None,
        _standing(material.answer, denied, len(claims)),
        _on_topic(answer, reference, TOPIC_OF_WHOLE if quoted else TOPIC),
        quoted,
        denied,
        claims,
    )


class Borrowed:
    """What an answer can have from its rubric: words, and words that follow each other there."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self._words = frozenset[str]().union(*(text.vocabulary for text in texts))
        self._pairs = frozenset[tuple[str, str]]().union(*(text.pairs for text in texts))

    def is_most_of(self, answer: Text, pieces: npt.NDArray[np.bool_]) -> bool:
        """Whether most content words are those of the rubric: what a game of words is made of."""
        spoken = answer.stems[pieces & (answer.weights > min(answer.weights, default=0.0))]
        return sum(word in self._words for word in spoken) >= BORROWED * max(len(spoken), 1)

    def order_of(self, text: str) -> float:
        """From 0 to 1: how far words stand as they stand in the rubric, however terse that is."""
        pairs = list(pairwise(map(stem, words(text))))
        kept = sum(pair in self._pairs for pair in pairs) / max(len(pairs), 1)
        return min(max((kept - BY_CHANCE) / (AS_THERE - BY_CHANCE), 0.0), 1.0)


def _soundness(answer: Text, question: Text, rubric: Borrowed, denied: frozenset[int]) -> Array:
    """How much each piece of the answer may count as evidence, from 0 to 1."""
    back = taken_back(answer.clauses)
    of_clause = np.ones(len(answer.clauses) + 1)  # the last stands for no clause
    for number, clause in enumerate(answer.clauses):
        pieces = answer.of_clause == number
        if number in back:
            of_clause[number] = BACK
        elif number in denied:
            of_clause[number] = DENIED
        elif not clause.is_code and rubric.is_most_of(answer, pieces):
            of_clause[number] = max(_grammar(clause.text), rubric.order_of(clause.text))
    sound: Array = of_clause[answer.of_clause]
    if rubric.is_most_of(answer, answer.of_clause >= 0):
        order = max(orderliness(answer.text), rubric.order_of(answer.text))
        sound = np.minimum(sound, max(DISORDERED, order))
    echoed = np.array([word in question.vocabulary for word in answer.stems], dtype=bool)
    return np.where(echoed, sound * ECHOED, sound)


def _grammar(text: str) -> float:
    if is_keywords(text):
        return DISORDERED
    return max(DISORDERED, orderliness(text))


def _is_quoted(rubric: Sequence[Text], reference: Text) -> bool:
    """Whether every criterion is cut out of the reference, as a drafted rubric is."""
    return all(
        len(each.vocabulary & reference.vocabulary) >= QUOTED * len(each.vocabulary)
        for each in rubric
    )


def _on_topic(answer: Text, reference: Text, topic: tuple[float, float]) -> float:
    """Long texts share words whatever they are about, so with them the gist must be near too."""
    if len(reference) < LONG or len(answer) < LONG:
        return 1.0
    near = float(answer.gist @ reference.gist)
    off, on = topic
    return min(max((near - off) / (on - off), 0.0), 1.0)


def _standing(answer: str, denied: frozenset[int], clauses: int) -> float:
    if leaves_open(answer):
        return OPEN
    if clauses == len(denied):  # nothing but denial: no two sides to choose from
        return 1.0
    return OPEN if len(denied) >= DENIED_SHARE * max(clauses, 1) else 1.0


def true_rows(criteria: Sequence[Criterion]) -> list[int]:
    return [row for row, each in enumerate(criteria) if each.kind is not Kind.MISCONCEPTION]
