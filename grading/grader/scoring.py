"""From marks to a score, and from agreement to how sure of it we are."""

from collections.abc import Sequence
from decimal import Decimal
from enum import Enum
from typing import Final, Literal

from grading.grader.material import Criterion, Kind
from grading.grader.verdict import CriterionVerdict, Mark

CREDIT: Final = {Mark.MET: Decimal(1), Mark.PARTIAL: Decimal("0.5")}

# Cosine of answer and reference that goes with a score of 0 and of 1. Between them lies the
# score that similarity alone would expect. Answers to other built-in questions mostly lie below
# 0.45, half a reference at 0.75 to 0.9, a good answer in other words from 0.45 upwards.
COSINE_OF_NOTHING: Final = 0.30
COSINE_OF_EVERYTHING: Final = 0.75
SLACK: Final = 0.30  # similarity is a coarse witness: a gap up to this is no disagreement
DOUBT: Final = 0.8  # share of confidence that a full gap takes away
NO_SECOND_OPINION: Final = 0.85  # factor where there is no reference to compare with


class Unasked(Enum):
    NOT_NEEDED = "not_needed"


NOT_NEEDED: Final = Unasked.NOT_NEEDED
# The cosine of answer and reference, None without a reference; or it was not asked for.
Opinion = float | None | Literal[Unasked.NOT_NEEDED]


def score(criteria: Sequence[Criterion], verdicts: Sequence[CriterionVerdict]) -> float:
    """Return the score from 0 to 1.

    (sum of required weight x credit + sum of bonus weight x credit - sum of the weights of
    asserted misconceptions) / sum of required weights, held between 0 and 1. Credit is 1 for
    met, 1/2 for partial, else 0; where a judge states the credit it expects, that counts for met
    and partial. So a bonus can make up for a gap, and a perfect score needs none.
    Raises `ValueError` when nothing is required, for then there is no scale.
    """
    by_id = {verdict.criterion_id: verdict for verdict in verdicts}
    whole = sum((c.weight for c in criteria if c.kind is Kind.REQUIRED), Decimal(0))
    if whole <= 0:
        raise ValueError("A score needs a required criterion with a weight above zero.")
    earned = sum((_worth(criterion, by_id[criterion.id]) for criterion in criteria), Decimal(0))
    return float(min(max(earned / whole, Decimal(0)), Decimal(1)))


def _worth(criterion: Criterion, verdict: CriterionVerdict) -> Decimal:
    if criterion.kind is Kind.MISCONCEPTION:
        return -criterion.weight if verdict.mark is Mark.CONTRADICTED else Decimal(0)
    return criterion.weight * _credit(verdict)


def _credit(verdict: CriterionVerdict) -> Decimal:
    """What the judge expects where it says so, else what the mark stands for."""
    of_mark = CREDIT.get(verdict.mark, Decimal(0))
    if verdict.credit is None or not of_mark:
        return of_mark
    return min(max(Decimal(str(round(verdict.credit, 4))), Decimal(0)), Decimal(1))


def confidence(
    criteria: Sequence[Criterion],
    verdicts: Sequence[CriterionVerdict],
    reached: float,
    opinion: Opinion,
) -> float:
    """Return how sure we are of the score `reached`, from 0 to 1.

    The judge's own confidences, averaged by weight, lowered where the second opinion disagrees or
    there is no reference to have one of. It never raises what the judge claims, and where it was
    not needed nothing is taken away.
    """
    sure = {verdict.criterion_id: verdict.confidence for verdict in verdicts}
    weight = float(sum(criterion.weight for criterion in criteria))
    own = sum(float(criterion.weight) * sure[criterion.id] for criterion in criteria) / weight
    if opinion is NOT_NEEDED or weighs_itself(criteria, verdicts):
        return own
    if opinion is None:
        return own * NO_SECOND_OPINION
    gap = max(0.0, abs(reached - _expected(opinion)) - SLACK) / (1 - SLACK)
    return own * (1 - DOUBT * gap)


def weighs_itself(criteria: Sequence[Criterion], verdicts: Sequence[CriterionVerdict]) -> bool:
    """Whether the judge states its credits: then it has weighed the whole already, and its
    confidence is calibrated against people as it stands."""
    required = {criterion.id for criterion in criteria if criterion.kind is Kind.REQUIRED}
    return all(v.credit is not None for v in verdicts if v.criterion_id in required)


def _expected(similarity: float) -> float:
    share = (similarity - COSINE_OF_NOTHING) / (COSINE_OF_EVERYTHING - COSINE_OF_NOTHING)
    return min(max(share, 0.0), 1.0)
