"""How two columns of scores agree. Scores are from 0 to 1 unless said otherwise.

A figure that the numbers do not determine (a correlation with a constant, no rows) is NaN, never
a convenient zero.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Figure = Callable[[Scores, Scores], float]

LEVELS: Final = 11  # 0, .1, … 1: holds halves, fifths and tenths, the scales people grade on
CORRECT_FROM: Final = 0.75  # two-way: nearer to "correct" than to "half correct"
TOLERANCE: Final = 0.25  # an estimate this near to the person's score counts as right
BINS: Final = 10
SMALLEST: Final = 1e-12


def correlation(x: Scores, y: Scores) -> float:
    """Pearson's r (K. Pearson, 1895): covariance over the product of standard deviations."""
    if len(x) < 2:  # noqa: PLR2004 - two points make a line
        return math.nan
    a, b = x - x.mean(), y - y.mean()
    spread = math.sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / spread if spread > SMALLEST else math.nan


def ranks(x: Scores) -> Scores:
    """Ranks from 1; equal values share the mean of their ranks."""
    _, inverse, counts = np.unique(x, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    shared: Scores = (last - (counts - 1) / 2)[inverse].astype(np.float64)
    return shared


def spearman(x: Scores, y: Scores) -> float:
    """Spearman's rho (C. Spearman, 1904): Pearson's r of the ranks, ties at their mean rank."""
    return correlation(ranks(x), ranks(y))


def rmse(x: Scores, y: Scores) -> float:
    """Root of the mean squared difference."""
    return math.sqrt(float(np.mean((x - y) ** 2))) if len(x) else math.nan


def mae(x: Scores, y: Scores) -> float:
    """Mean absolute difference."""
    return float(np.mean(np.abs(x - y))) if len(x) else math.nan


def to_levels(x: Scores, levels: int = LEVELS) -> Labels:
    """The nearest of `levels` evenly spaced levels, as 0 … levels - 1; halves go up."""
    # The nudge keeps .15 * 10 = 1.4999999999999998 on the side that a reader expects.
    nearest: Labels = np.floor(x * (levels - 1) + 0.5 + 1e-9).astype(np.int64)
    return nearest


def kappa(x: Labels, y: Labels, categories: int, *, power: int) -> float:
    """Cohen's weighted kappa (J. Cohen, 1968): 1 - observed / expected disagreement.

    The disagreement of categories i and j is |i - j| ** power; with power 0 every difference
    weighs 1, which is the unweighted kappa (J. Cohen, 1960).
    """
    if not len(x):
        return math.nan
    apart = np.abs(np.subtract.outer(np.arange(categories), np.arange(categories))).astype(float)
    weights = (apart > 0).astype(float) if power == 0 else apart**power
    observed = np.zeros((categories, categories))
    np.add.at(observed, (x, y), 1)
    expected = np.outer(observed.sum(axis=1), observed.sum(axis=0)) / len(x)
    chance = float((weights * expected).sum())
    return 1 - float((weights * observed).sum()) / chance if chance > SMALLEST else math.nan


def qwk(x: Scores, y: Scores, levels: int = LEVELS) -> float:
    """Quadratic weighted kappa of the scores rounded to `levels` levels.

    Eleven levels represent every scale of the sets we know without loss (1, ½, 0; fifths;
    tenths), so that a person's score is never moved. With so many levels it is close to Lin's
    concordance correlation (L. Lin, 1989): a bias or a squeezed scale costs, unlike in r.
    """
    return kappa(to_levels(x, levels), to_levels(y, levels), levels, power=2)


def within(x: Scores, y: Scores, groups: Sequence[str]) -> float:
    """Pearson's r of the deviations from each group's own means, all groups pooled.

    What is left when knowing how hard a question is does not help.
    """
    _, inverse = np.unique(np.array(groups, dtype=object).astype(str), return_inverse=True)
    counts = np.bincount(inverse)

    def centred(values: Scores) -> Scores:
        deviations: Scores = values - (np.bincount(inverse, weights=values) / counts)[inverse]
        return deviations

    return correlation(centred(x), centred(y)) if len(x) else math.nan


def macro_f1(x: Scores, y: Scores, cut: float = CORRECT_FROM) -> float:
    """Mean of the F1 of "correct" (from `cut` upwards) and of "not correct", y being the truth.

    The two-way task of SemEval-2013 task 7 (Dzikovska and others, 2013), where partly correct
    is not correct. F1 = 2 tp / (2 tp + fp + fn), and 0 for a class that occurs in neither.
    """
    if not len(x):
        return math.nan
    said, true = x >= cut, y >= cut
    f1 = []
    for positive in (True, False):
        hits = int(np.sum((said == positive) & (true == positive)))
        either = int(np.sum(said == positive)) + int(np.sum(true == positive))
        f1.append(2 * hits / either if either else 0.0)
    return sum(f1) / len(f1)


def is_right(x: Scores, y: Scores, tolerance: float = TOLERANCE) -> npt.NDArray[np.bool_]:
    """Whether each estimate is within `tolerance` of the person's score: what a stated
    confidence is taken to be the probability of."""
    right: npt.NDArray[np.bool_] = np.abs(x - y) <= tolerance + 1e-9
    return right


def reliability(
    confidence: Scores, right: npt.NDArray[np.bool_], bins: int = BINS
) -> list[tuple[float, float, int]]:
    """(mean confidence, share right, count) of each bin of equal width that holds anything."""
    place = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    return [
        (float(confidence[place == b].mean()), float(right[place == b].mean()), int(count))
        for b, count in enumerate(np.bincount(place, minlength=bins))
        if count
    ]


def ece(confidence: Scores, right: npt.NDArray[np.bool_], bins: int = BINS) -> float:
    """Expected calibration error (Naeini, Cooper and Hauskrecht, 2015): the mean distance of
    confidence and share right over bins of equal width, weighted by their counts."""
    if not len(confidence):
        return math.nan
    parts = reliability(confidence, right, bins)
    return sum(count * abs(sure - share) for sure, share, count in parts) / len(confidence)


def clustered_interval(
    figure: Callable[[npt.NDArray[np.int64]], float],
    groups: Sequence[str],
    *,
    draws: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> tuple[float, float]:
    """Percentile bootstrap interval (Efron and Tibshirani, 1993, ch. 13) of `figure`, a function
    of row numbers, drawing whole questions with replacement.

    Answers to one question are graded alike, so single answers would feign certainty. Draws
    that leave the figure undetermined are passed over; NaN where there is only one question.
    """
    _, inverse = np.unique(np.array(groups, dtype=object).astype(str), return_inverse=True)
    clusters = [np.flatnonzero(inverse == number) for number in range(int(inverse.max()) + 1)]
    if len(clusters) < 2:  # noqa: PLR2004 - one question says nothing about others
        return math.nan, math.nan
    generator = np.random.default_rng(seed)
    found = []
    for _ in range(draws):
        drawn = generator.integers(0, len(clusters), len(clusters))
        value = figure(np.concatenate([clusters[number] for number in drawn]))
        if not math.isnan(value):
            found.append(value)
    if not found:
        return math.nan, math.nan
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
