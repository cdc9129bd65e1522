"""How a grade's score and its doubt are put to people."""

from collections.abc import Sequence
from statistics import NormalDist

from grading.models import Grade
from interview.web.charts import Interval

NEAR = 0.25  # a confidence is the chance that the score is this near to what people would give
Z_90 = 1.645  # two-sided 90% of the normal distribution
SURENESS = ((0.95, "Very sure"), (0.75, "Fairly sure"), (0.5, "Not very sure"), (0.0, "Unsure"))


def score_interval(score: float, confidence: float) -> Interval:
    """The score in percent with its 90% interval.

    Taking errors as normal around the score, a confidence c means P(|error| ≤ 0.25) = c, so their
    standard deviation is 0.25 / Φ⁻¹((1 + c) / 2), and 90% of them lie within 1.645 of it.
    """
    if confidence >= 1:
        return Interval.around(score * 100, score * 100, score * 100)
    if confidence <= 0:
        return Interval.around(score * 100, 0, 100)
    half = Z_90 * NEAR / NormalDist().inv_cdf((1 + confidence) / 2)
    return Interval.around(score * 100, (score - half) * 100, (score + half) * 100)


def interval_of(grade: Grade | None) -> Interval | None:
    """A graded grade's interval; None for everything that has no score.

    What a fixed rule decided, and what a person ruled, is not an estimate.
    """
    if grade is None or grade.score is None or grade.confidence is None:
        return None
    return score_interval(grade.score, 1.0 if grade.reason else grade.confidence)


def mean_interval(intervals: Sequence[Interval]) -> Interval | None:
    """The mean of several scores; its doubt is the mean doubt, since judges err alike."""
    if not intervals:
        return None
    count = len(intervals)
    return Interval.around(
        sum(row.estimate for row in intervals) / count,
        sum(row.low for row in intervals) / count,
        sum(row.high for row in intervals) / count,
    )


def sureness(confidence: float) -> str:
    return next(words for least, words in SURENESS if confidence >= least)


def judge_name(grade: Grade) -> str:
    """Who graded, in words: a person by name, a judge with its model, a rule as a rule."""
    if grade.is_human:
        person = grade.ruled_by
        return (person.get_full_name() or person.get_username()) if person else "a reviewer"
    if grade.reason and grade.state == Grade.State.GRADED:
        return "a fixed rule"
    if not grade.judge:
        return "no judge yet"
    name = {"local": "the local judge", "claude": "Claude"}.get(grade.judge, grade.judge)
    return f"{name} ({grade.model})" if grade.model else name
