"""Whether an answer asserts a misconception: only where that fits better than anything true."""

from typing import Final

import numpy as np

from grading.grader.material import Material
from grading.grader.verdict import CriterionVerdict, Mark, Span
from grading.judges.claims import is_negative
from grading.judges.coverage import likeness
from grading.judges.reading import Reading, true_rows
from grading.judges.tokens import Array, Text

BELIEVED: Final = 0.56  # how well a clause must say it, from 0 to 1
CONTRAST: Final = 0.06  # by how much better than anything true
BELIEF: Final = "The passage asserts this, and it is not so."


def belief(material: Material, row: int, reading: Reading) -> CriterionVerdict:
    """CONTRADICTED with the clause that asserts the misconception in `row`, else NOT_MET."""
    criterion = material.criteria[row]
    answer, reference = reading.answer, reading.reference
    negative = is_negative(criterion.text)
    true = [(reading.plain[at], reading.weights[at]) for at in true_rows(material.criteria)]
    stated = likeness(reference, answer)
    true += [
        (stated[reference.of_clause == number], reference.weights[reference.of_clause == number])
        for number in range(len(reference.clauses))
    ]
    best, found = 0.0, -1
    for number in range(len(answer.clauses)):
        if reading.claims[number].negative != negative:
            continue
        value = fit(reading.plain[row], reading.weights[row], answer, number)
        if value <= max(best, BELIEVED):
            continue
        rival = max((fit(near, weights, answer, number) for near, weights in true), default=0.0)
        if value >= rival + CONTRAST:
            best, found = value, number
    if found < 0:
        return CriterionVerdict(criterion.id, Mark.NOT_MET, ())
    clause = answer.clauses[found]
    span = Span(clause.start, clause.end)
    return CriterionVerdict(criterion.id, Mark.CONTRADICTED, (span,), BELIEF)


def fit(near: Array, weights: Array, answer: Text, clause: int) -> float:
    """How well a clause and a proposition say the same, both ways, from about 0 to 1."""
    pieces = answer.of_clause == clause
    if not pieces.any() or not len(weights):
        return 0.0
    part, said = near[:, pieces], answer.weights[pieces]
    there = float(part.max(axis=1) @ weights) / max(float(weights.sum()), 1e-9)
    back = float(part.max(axis=0) @ said) / max(float(said.sum()), 1e-9)
    return float(np.sqrt(max(there, 0.0) * max(back, 0.0)))
