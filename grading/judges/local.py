"""The local judge: how much of each criterion an answer says, without key or network.

It compares texts piece by piece as the embedding model reads them, looks at order, denial and
retraction, and turns the coverage into the credit that people gave answers like it. It does not
reason: its confidence says how often it came near to people, and no more.
"""

import operator
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from grading.embedders.base import TokenReader
from grading.embedders.onnx import get_embedder
from grading.grader.material import Criterion, Kind, Material
from grading.grader.scoring import score
from grading.grader.seam import Embedder
from grading.grader.verdict import CriterionVerdict, Judgement, Mark, Span
from grading.judges.belief import belief
from grading.judges.claims import claim, opposes, overlap
from grading.judges.coverage import by_clause, support
from grading.judges.feedback import compose
from grading.judges.head import Head, shipped_head
from grading.judges.reading import Reading, read, true_rows

MET: Final = 0.70  # credit from which a criterion counts as met
PARTIAL: Final = 0.15  # credit below which nothing of it was found
HALVINGS: Final = 20  # find a lift to a millionth
WHOLE: Final = 0.85  # weight of the coverage of the whole reference where a part is in doubt
LIFT: Final = 0.1  # what the whole can add to a criterion that somebody wrote
ALL_OF_IT: Final = 0.8  # coverage of the reference by an answer that leaves little open
ABSENT: Final = (0.2, 0.4)  # coverage of a part: up to the first it is missing for certain
SAID: Final = (0.6, 0.75)  # … and from the second said for certain, whatever the whole is like
# (coverage by one clause of the criterion it belongs to, by how much more than another one, and
# what it then counts for that other one), the plainest first
ELSEWHERE: Final = ((0.8, 0.1, 0.3), (0.5, 0.25, 0.4))
SAME: Final = 0.65  # overlap from which a denial is about this criterion
MOST_CLAUSES: Final = 3  # that together may say one criterion
NOTHING: Final = "No passage of the answer says this."
JUSTIFICATIONS: Final = {
    Mark.MET: "The passage says the same in similar words.",
    Mark.PARTIAL: "The passage touches on this without clearly saying all of it.",
    Mark.NOT_MET: NOTHING,
    Mark.CONTRADICTED: "The passage seems to say the opposite.",
}

Support = dict[int, tuple[float, list[int]]]  # of a criterion: its coverage and its clauses


class LocalJudge:
    """Judges without key or network. The same material gets the same judgement, always.

    `reader` reads the tokens of a text and is the bundled model unless given; `head` holds the
    fitted numbers.
    """

    name: Final = "local"
    prompt_version: Final = "local-4"

    def __init__(
        self,
        embedder: Embedder,
        *,
        reader: TokenReader | None = None,
        head: Head | None = None,
    ) -> None:
        self._reader = reader or get_embedder()
        self._head = head or shipped_head()
        self.model: Final = embedder.name

    def judge(self, material: Material) -> Judgement:
        """Return a verdict per criterion; what the reader raises passes through."""
        reading = read(material, self._reader)
        found = _support(material.criteria, reading)
        worths = _credits(material.criteria, found, reading, self._head)
        verdicts = [
            belief(material, row, reading)
            if criterion.kind is Kind.MISCONCEPTION
            else _marked(criterion, round(worths[row], 4), found[row][1], reading)
            for row, criterion in enumerate(material.criteria)
        ]
        sure = round(self._head.confidence(score(material.criteria, verdicts)), 4)
        judged = tuple(replace(verdict, confidence=sure) for verdict in verdicts)
        return Judgement(judged, compose(material.criteria, judged))


def _marked(
    criterion: Criterion, credit: float, clauses: list[int], reading: Reading
) -> CriterionVerdict:
    opposite = _denial(criterion, reading)
    if opposite is not None and credit < MET:
        return _verdict(criterion, Mark.CONTRADICTED, (opposite,), 0.0)
    if credit < PARTIAL:
        return _verdict(criterion, Mark.NOT_MET, (), 0.0)
    spans = tuple(_span(reading, number) for number in sorted(clauses))
    return _verdict(criterion, Mark.MET if credit >= MET else Mark.PARTIAL, spans, credit)


def _verdict(
    criterion: Criterion, mark: Mark, spans: tuple[Span, ...], credit: float
) -> CriterionVerdict:
    return CriterionVerdict(criterion.id, mark, spans, JUSTIFICATIONS[mark], credit=credit)


def _support(criteria: Sequence[Criterion], reading: Reading) -> Support:
    """Coverage and clauses of each true criterion; what belongs to another one counts less."""
    rows = true_rows(criteria)
    answer = reading.answer
    nearest = {
        row: by_clause(reading.near[row], answer.of_clause, len(answer.clauses)) for row in rows
    }
    each = {
        row: nearest[row].T @ reading.weights[row] / max(float(reading.weights[row].sum()), 1e-9)
        for row in rows
    }
    found = {}
    for row in rows:
        rivals = [each[other] for other in rows if other != row]
        rival = np.max([*rivals, each[row]], axis=0)
        own = np.ones(len(rival))
        for plain, more, counts in () if reading.quoted else reversed(ELSEWHERE):
            own[(rival >= plain) & (rival - each[row] >= more)] = counts
        found[row] = support(nearest[row] * own, reading.weights[row], MOST_CLAUSES)
    return found


def measure(material: Material, reader: TokenReader) -> list[tuple[float, float, float]]:
    """(weight, coverage, belief) of each required criterion, or of the whole where that decides:
    what a head is fitted to."""
    reading = read(material, reader)
    if reading.quoted and reading.whole is not None:
        return [(1.0, reading.whole, _believed(reading.whole, reading))]
    return [
        (
            float(material.criteria[row].weight),
            _blended(covered, reading),
            _believed(covered, reading),
        )
        for row, (covered, _) in _support(material.criteria, reading).items()
        if material.criteria[row].kind is Kind.REQUIRED
    ]


def _credits(
    criteria: Sequence[Criterion], found: Support, reading: Reading, head: Head
) -> dict[int, float]:
    """The credit of each true criterion, from 0 to 1.

    A rubric that somebody wrote is asked part by part. One cut out of the reference knows no more
    than the reference: there the whole says how much is earned, and the parts where.
    """
    if not reading.quoted or reading.whole is None:
        return {
            row: head.credit(_blended(covered, reading)) * _believed(covered, reading)
            for row, (covered, _) in found.items()
        }
    earned = head.credit(reading.whole) * _believed(reading.whole, reading)
    weights = [float(criteria[row].weight) for row in found]
    parts = [covered for covered, _ in found.values()]
    return dict(zip(found, _shared_out(earned, parts, weights, head), strict=True))


def _shared_out(earned: float, parts: list[float], weights: list[float], head: Head) -> list[float]:
    """Credits whose weighted mean is what was earned, more for what is covered better: those of
    the parts, all lifted or lowered alike. Halving the interval finds by how much."""
    low, high = -1.0, 1.0
    worths = [earned] * len(parts)
    for _ in range(HALVINGS):
        lift = (low + high) / 2
        worths = [head.credit(min(max(covered + lift, 0.0), 1.0)) for covered in parts]
        mean = sum(map(operator.mul, worths, weights)) / sum(weights)
        low, high = (lift, high) if mean < earned else (low, lift)
    return worths


def _blended(covered: float, reading: Reading) -> float:
    """The whole decides where the part is in doubt: not where it is missing or plainly said."""
    if reading.whole is None:
        return covered
    missing = (ABSENT[1] - covered) / (ABSENT[1] - ABSENT[0])
    weight = WHOLE * (1 - min(max(missing, _plainly(covered), 0.0), 1.0))
    blended = (1 - weight) * covered + weight * reading.whole
    return blended if reading.whole >= ALL_OF_IT else min(blended, covered + LIFT)


def _believed(covered: float, reading: Reading) -> float:
    return max(reading.on_topic, _plainly(covered)) * reading.stands


def _plainly(covered: float) -> float:
    return min(max((covered - SAID[0]) / (SAID[1] - SAID[0]), 0.0), 1.0)


def _denial(criterion: Criterion, reading: Reading) -> Span | None:
    """The clause that says this criterion with the opposite sign, if one does."""
    if not reading.denied:
        return None
    true = claim(criterion.text)
    for number in sorted(reading.denied):
        said = reading.claims[number]
        if overlap(said, true) >= SAME and opposes(said, true):
            return _span(reading, number)
    return None


def _span(reading: Reading, number: int) -> Span:
    clause = reading.answer.clauses[number]
    return Span(clause.start, clause.end)
