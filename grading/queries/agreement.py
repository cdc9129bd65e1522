"""How far the grader is from the people who scored the same answers."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import QuerySet

from grading.agreement import metrics
from grading.models import Grade, HumanScore, Submission

PEOPLE = 2  # whose scores are compared with each other


@dataclass(frozen=True, slots=True)
class Pair:
    """One answer: what people gave on average, and what a judge did. From 0 to 1."""

    submission_id: int
    rubric_id: int
    people: float
    judge: float

    @property
    def apart(self) -> float:
        return abs(self.people - self.judge)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of `n` pairs; None where so few or so equal scores do not tell it."""

    n: int
    r: float | None
    qwk: float | None
    mae: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """`scored` answers have a person's score; `pairs` of them a judge's too. `people` compares the
    first person with the second, where there are two."""

    scored: int
    pairs: tuple[Pair, ...]
    judge: Figures
    people: Figures


def agreement_on(submissions: QuerySet[Submission]) -> Agreement:
    """A judge's latest grade counts, also where a person ruled on it since. Two queries."""
    given: dict[int, list[float]] = defaultdict(list)
    rows = HumanScore.objects.filter(submission__in=submissions).order_by("submission", "position")
    for submission_id, score in rows.values_list("submission", "score"):
        given[submission_id].append(score)
    judged = (
        Grade.objects.filter(submission__in=submissions, submission__human_scores__isnull=False)
        .filter(state=Grade.State.GRADED, provisional=False)
        .exclude(judge="person")
        .order_by("submission", "-pk")
        .distinct("submission")
    )
    pairs = tuple(
        Pair(pk, rubric_id, sum(given[pk]) / len(given[pk]), score)
        for pk, rubric_id, score in judged.values_list("submission", "submission__rubric", "score")
        if score is not None
    )
    both = [(scores[0], scores[1]) for scores in given.values() if len(scores) >= PEOPLE]
    return Agreement(
        scored=len(given),
        pairs=pairs,
        judge=figures_of([(pair.judge, pair.people) for pair in pairs]),
        people=figures_of(both),
    )


def figures_of(pairs: Sequence[tuple[float, float]]) -> Figures:
    if not pairs:
        return Figures(0, None, None, None)
    first, second = np.array(pairs, dtype=np.float64).T
    return Figures(
        n=len(pairs),
        r=_known(metrics.correlation(first, second)),
        qwk=_known(metrics.qwk(first, second)),
        mae=_known(metrics.mae(first, second)),
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
