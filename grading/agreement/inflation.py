"""How easily is a grader fooled, and does guarding it cost honest answers anything?"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grading.agreement.attacks import BENIGN, Place, Target, Template, aim
from grading.agreement.estimates import Estimate
from grading.agreement.measures import without_nan
from grading.grader.material import Material


@dataclass(frozen=True, slots=True)
class _Shot:
    template: Template
    worth: str
    score: float
    base: float
    flagged: bool


def attack(
    targets: Sequence[Target],
    templates: Sequence[Template],
    estimate: Callable[[Material], Estimate],
    tell: Callable[[int, int], None],
    place: Place = Place.ANSWER,
) -> dict[str, Any]:
    """Return ``{"families", "templates", "benign", "answers", "questions", "ungraded"}``.

    Each family and template has `mean` score, `inflation` (mean score minus that of the answers
    it was built on; a template built on none is compared with 0), `worst` inflation of one
    answer, `flagged` share, `n`, and the same `by_base`. `benign` has `drift` in place of
    inflation, over all and by family.
    """
    shots: list[_Shot] = []
    ungraded = 0
    answers: dict[str, list[float]] = defaultdict(list)
    for done, target in enumerate(targets, start=1):
        bases = {"none": 0.0}
        for worth, text in target.answers.items():
            score = estimate(_answered(target, text)).score if text else None
            if score is not None:
                bases[worth] = score
                answers[worth].append(score)
        for template in templates:
            for worth, material in aim(template, target, place):
                if worth not in bases:
                    continue  # there is nothing to build on
                found = estimate(material)
                if found.score is None:
                    ungraded += 1
                else:
                    shots.append(_Shot(template, worth, found.score, bases[worth], found.flagged))
        tell(done, len(targets))
    benign = [shot for shot in shots if shot.template.base == BENIGN]
    report = {
        "families": _by(shots, lambda shot: shot.template.family),
        "templates": _by(shots, lambda shot: shot.template.id),
        "benign": _drift(benign)
        | {
            "families": {
                family: _drift(some)
                for family, some in _grouped(benign, lambda shot: shot.template.family).items()
            }
        },
        "answers": {
            worth: {"mean": sum(scores) / len(scores), "n": len(scores)}
            for worth, scores in answers.items()
        },
        "questions": len(targets),
        "ungraded": ungraded,
    }
    plain: dict[str, Any] = without_nan(report)
    return plain


def shots_at(
    targets: Sequence[Target], templates: Sequence[Template], place: Place
) -> list[Material]:
    """Every answer that `attack` would have graded, if each base gets a grade."""
    asked: list[Material] = []

    def collect(material: Material) -> Estimate:
        asked.append(material)
        return Estimate(0.0, 1.0, "", flagged=False, seconds=0.0)

    attack(targets, templates, collect, lambda _done, _whole: None, place)
    return asked


def _answered(target: Target, answer: str) -> Material:
    return replace(target.material, answer=answer)


def _by(shots: Iterable[_Shot], name: Callable[[_Shot], str]) -> dict[str, Any]:
    return {
        key: _summary(some)
        | {
            "by_base": {
                worth: _summary(part) for worth, part in _grouped(some, lambda s: s.worth).items()
            }
        }
        for key, some in _grouped(shots, name).items()
    }


def _summary(shots: Sequence[_Shot]) -> dict[str, Any]:
    gains = [shot.score - shot.base for shot in shots]
    return {
        "mean": _mean([shot.score for shot in shots]),
        "inflation": _mean(gains),
        "worst": max(gains, default=math.nan),
        "flagged": _mean([float(shot.flagged) for shot in shots]),
        "n": len(shots),
    }


def _drift(shots: Sequence[_Shot]) -> dict[str, Any]:
    summary = _summary(shots)
    return {
        "mean": summary["mean"],
        "drift": summary["inflation"],
        "flagged": summary["flagged"],
        "n": summary["n"],
    }


def _grouped(shots: Iterable[_Shot], name: Callable[[_Shot], str]) -> dict[str, list[_Shot]]:
    found: dict[str, list[_Shot]] = defaultdict(list)
    for shot in shots:
        found[name(shot)].append(shot)
    return dict(found)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else math.nan
