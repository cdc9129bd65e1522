"""From scores to an estimate with its doubt: pure arithmetic, shared by progress and cohort."""

from dataclasses import dataclass
from datetime import timedelta
from math import sqrt

# Before any answer we expect half, as surely as two answers would make us; this keeps one lucky
# or unlucky answer from looking like knowledge.
PRIOR_ANSWERS = 2.0
PRIOR_MEAN = 0.5
PRIOR_VARIANCE = 0.09
HALF_LIFE = timedelta(days=45)  # an answer of that age counts half
Z_90 = 1.645  # two-sided 90% of the normal distribution


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums over answers, each weighted by its age: Σw, Σw·score, Σw·score²; and their count."""

    answers: int = 0
    weight: float = 0.0
    total: float = 0.0
    squares: float = 0.0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.answers + other.answers,
            self.weight + other.weight,
            self.total + other.total,
            self.squares + other.squares,
        )

    def aged(self, share: float) -> "Tally":
        """The same answers when each counts ``share`` of what it did."""
        return Tally(self.answers, self.weight * share, self.total * share, self.squares * share)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a next score would likely be, 0 to 1, with its 90% interval."""

    value: float
    low: float
    high: float


def share_after(age: timedelta) -> float:
    """What an answer of that age counts; more than one when it is yet to come."""
    return float(0.5 ** (age / HALF_LIFE))


def estimate(tally: Tally) -> Estimate:
    """A weighted mean drawn towards the prior, and ± 1.645 standard errors around it.

    The mean is (n₀·m₀ + Σws) / (n₀ + Σw); its variance is the pooled variance of prior and scores
    over n₀ + Σw. (Normal approximation to the posterior of a mean with a conjugate prior.)
    """
    weight = PRIOR_ANSWERS + tally.weight
    mean = (PRIOR_ANSWERS * PRIOR_MEAN + tally.total) / weight
    spread = tally.squares - 2 * mean * tally.total + mean * mean * tally.weight
    prior_spread = PRIOR_ANSWERS * (PRIOR_VARIANCE + (PRIOR_MEAN - mean) ** 2)
    half = Z_90 * sqrt(max(spread + prior_spread, 0.0)) / weight
    return Estimate(mean, max(mean - half, 0.0), min(mean + half, 1.0))
