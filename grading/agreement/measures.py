"""From rows that people graded and estimates of them to one table of figures."""

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from grading.agreement import metrics
from grading.agreement.datasets import Row
from grading.agreement.estimates import Estimate
from grading.agreement.metrics import Scores

DOUBTFUL: Final = 0.5  # stated confidence below which an answer is left to a person
MIDDLE: Final = (0.25, 0.75)  # people's scores, both ends included: where grading is hard
NEAR: Final = 1e-9

Figures = dict[str, Any]


def measure(rows: Sequence[Row], estimates: Sequence[Estimate], *, draws: int = 1000) -> Figures:
    """Return the figures of one set; what the numbers do not determine is None.

    Rows that could not be graded have no score: they count in `n`, `ungraded` and `abstained`,
    and in nothing else. Rows below `DOUBTFUL` confidence count everywhere; `abstained` is the
    share of both together, and `sure` and `doubtful` give the figures apart. `seconds` is the
    sum, `latency` is seconds an answer, both without the `batched` ones.
    """
    graded = [at for at, estimate in enumerate(estimates) if estimate.score is not None]
    said = np.array([estimates[at].score for at in graded], dtype=np.float64)
    true = np.array([rows[at].score for at in graded], dtype=np.float64)
    sure = np.array([estimates[at].confidence for at in graded], dtype=np.float64)
    groups = [rows[at].question_id for at in graded]
    doubtful = sure < DOUBTFUL
    timed = [estimate.seconds for estimate in estimates if not estimate.batched]
    seconds = np.array(timed, dtype=np.float64)
    figures: Figures = {
        "n": len(rows),
        "questions": len({row.question_id for row in rows}),
        "ungraded": len(rows) - len(graded),
        "abstained": (len(rows) - len(graded) + int(doubtful.sum())) / max(len(rows), 1),
        **_agreement(said, true),
        "r_interval": _interval(said, true, groups, draws),
        "r_within": metrics.within(said, true, groups),
        "ece": metrics.ece(sure, metrics.is_right(said, true)),
        "middle": _agreement(*_where(_is_middle(true), said, true)),
        "sure": _agreement(*_where(~doubtful, said, true)),
        "doubtful": _agreement(*_where(doubtful, said, true)),
        "by_split": _by_split([rows[at].split for at in graded], said, true),
        "human": _human(rows),
        "flagged": sum(estimate.flagged for estimate in estimates),
        "seconds": float(seconds.sum()),
        "latency": {
            "mean": float(seconds.mean()) if len(seconds) else math.nan,
            "p95": float(np.quantile(seconds, 0.95)) if len(seconds) else math.nan,
        },
        "batched": len(estimates) - len(timed),
        "micro_dollars": sum(estimate.micro_dollars for estimate in estimates),
    }
    plain: Figures = without_nan(figures)
    return plain


def _agreement(said: Scores, true: Scores) -> Figures:
    return {
        "graded": len(said),
        "r": metrics.correlation(said, true),
        "spearman": metrics.spearman(said, true),
        "rmse": metrics.rmse(said, true),
        "mae": metrics.mae(said, true),
        "qwk": metrics.qwk(said, true),
        "macro_f1": metrics.macro_f1(said, true),
    }


def _interval(said: Scores, true: Scores, groups: Sequence[str], draws: int) -> list[float]:
    if not groups:
        return [math.nan, math.nan]
    return list(
        metrics.clustered_interval(
            lambda drawn: metrics.correlation(said[drawn], true[drawn]), groups, draws=draws
        )
    )


def _by_split(splits: Sequence[str], said: Scores, true: Scores) -> dict[str, Figures]:
    """Figures a split, where there is more than one."""
    names = sorted(set(splits))
    if len(names) < 2:  # noqa: PLR2004 - one split is the whole
        return {}
    of = np.array(splits)
    return {name: _agreement(*_where(of == name, said, true)) for name in names}


def _human(rows: Sequence[Row]) -> Figures | None:
    """How the two graders agree with each other, with kappa on the same levels as QWK."""
    pairs = [row.graders for row in rows if row.graders is not None]
    if not pairs:
        return None
    first, second = np.array(pairs, dtype=np.float64).T
    levels = metrics.to_levels(first), metrics.to_levels(second)
    middle = _is_middle((first + second) / 2)
    return _agreement(first, second) | {
        "kappa": metrics.kappa(*levels, metrics.LEVELS, power=0),
        "middle": _agreement(*_where(middle, first, second)),
    }


def _is_middle(scores: Scores) -> npt.NDArray[np.bool_]:
    inside: npt.NDArray[np.bool_] = (scores >= MIDDLE[0] - NEAR) & (scores <= MIDDLE[1] + NEAR)
    return inside


def _where(chosen: npt.NDArray[np.bool_], *columns: Scores) -> tuple[Scores, Scores]:
    first, second = (column[chosen] for column in columns)
    return first, second


def without_nan(value: Any) -> Any:
    """The same with None for NaN, which JSON does not have."""
    if isinstance(value, dict):
        return {key: without_nan(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_nan(inner) for inner in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def mean_of(tables: Sequence[Figures]) -> Figures:
    """The plain mean over sets of the main figures, where all of them have one."""
    names = ("r", "spearman", "rmse", "mae", "qwk", "macro_f1", "ece", "r_within", "abstained")
    columns = {name: [table[name] for table in tables] for name in names}
    return {
        name: None if None in values or not values else sum(values) / len(values)
        for name, values in columns.items()
    }
