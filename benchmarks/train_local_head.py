"""Fit the few numbers of the local judge to answers that people graded.

Run: .venv/bin/python -m benchmarks.train_local_head FOLDER [--rows 600] [--write]

FOLDER holds the sets as CSV. Only those whose licence allows it shape the numbers that are
written; every figure printed leaves out the set that it is about. Word order is counted over
prose of the same sets and the built-in questions.
"""

import argparse
import csv
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from grading.agreement.metrics import correlation, ece, is_right, qwk, rmse
from grading.embedders.onnx import get_embedder
from grading.grader import gates
from grading.grader.drafting import draft_criteria
from grading.grader.material import Criterion, Kind, Material
from grading.judges import head as heads
from grading.judges import word_order
from grading.judges.head import Head
from grading.judges.local import PARTIAL, measure
from interview.formats import read_path

# Sets whose licence allows it. Evouna's names and dates are right or wrong, so its curve is not
# that of explanations: only its prose is used, for the order of words.
CURVED: Final = ("semeval2013_beetle", "semeval2013_sciEntsBank", "saf_en", "stita")
PROSE: Final = "evouna"
REPORTED: Final = (
    "mohler2011", "semeval2013_beetle", "semeval2013_sciEntsBank", "saf_en", "stita", "cunlp",
)  # fmt: skip
STEEPNESS: Final = np.arange(4.0, 9.01, 1.0)
MIDDLE: Final = np.arange(0.36, 0.521, 0.02)
FLOOR: Final = 0.08
BLUR: Final = 0.3  # of r + QWK, by which a curve counts less
STEPS: Final = 6  # places of the score at which confidence is stated
SMOOTHED: Final = 0.02
FLAT: Final = (0.5,) * STEPS
CONTENT: Final = Path(__file__).resolve().parent.parent / "interview" / "content" / "llm-engineer"

Array = npt.NDArray[np.float64]
Measures = list[list[list[tuple[float, float, float]]]]  # rows, alternatives, criteria


def rows_of(folder: Path, name: str, most: int) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    random.Random(1).shuffle(rows)  # noqa: S311 - the same sample always
    return rows[:most]


def measured(rows: Sequence[dict[str, str]]) -> tuple[Measures, Array]:
    """Measures of each row against each alternative reference; none where a gate decides."""
    found: Measures = []
    for row in rows:
        tried = []
        for reference in filter(None, map(str.strip, row["reference_answer"].split(" ||| "))):
            criteria = draft_criteria(row["question"], reference) or (
                Criterion("c1", reference, Kind.REQUIRED, Decimal(1)),
            )
            material = Material(row["question"], reference, criteria, row["student_answer"])
            if gates.decide(material) is None:
                tried.append(measure(material, get_embedder()))
        found.append(tried)
    return found, np.array([float(row["score"]) for row in rows])


def scores(measures: Measures, head: Head) -> Array:
    return np.array([max((_score(one, head) for one in tried), default=0.0) for tried in measures])


def _score(criteria: list[tuple[float, float, float]], head: Head) -> float:
    worths = [(weight, head.credit(covered) * belief) for weight, covered, belief in criteria]
    earned = sum(weight * worth for weight, worth in worths if worth >= PARTIAL)
    return earned / sum(weight for weight, _ in worths)


def fitted(sets: Sequence[tuple[Measures, Array]]) -> Head:
    """The mean of the curves, the better ones counting more, then its certainty.

    Better is r and QWK together, each set counting the same: the least error alone draws every
    score to the middle. The mean, because three or four sets do not single out a curve for others:
    the best one alone loses .02 of r and .04 of QWK on the set left out.
    """

    def agreement(head: Head) -> float:
        pairs = [(scores(measures, head), people) for measures, people in sets]
        return float(np.mean([correlation(x, y) + qwk(x, y) for x, y in pairs]))

    curves = [Head(float(k), float(m), FLOOR, FLAT) for k in STEEPNESS for m in MIDDLE]
    agreed = np.array([agreement(curve) for curve in curves])
    counts = np.exp((agreed - agreed.max()) / BLUR)
    steepness, middle = (
        float(np.average([getattr(curve, name) for curve in curves], weights=counts))
        for name in ("steepness", "middle")
    )
    best = Head(round(steepness, 2), round(middle, 3), FLOOR, FLAT)
    said = [scores(measures, best) for measures, _ in sets]
    return replace(best, certainty=_certainty(said, [y for _, y in sets]))


def _certainty(said: Sequence[Array], people: Sequence[Array]) -> tuple[float, ...]:
    """Least squares of "within a quarter" on a line through STEPS points, sets weighted alike."""
    gram, target = np.eye(STEPS) * SMOOTHED, np.full(STEPS, SMOOTHED / 2)
    for x, y in zip(said, people, strict=True):
        place = np.arange(STEPS)[None, :]
        basis = np.clip(1 - np.abs(x[:, None] * (STEPS - 1) - place), 0, 1)
        gram += basis.T @ basis / len(x)
        target += basis.T @ is_right(x, y) / len(x)
    found = np.clip(np.linalg.solve(gram, target), 0.05, 0.95)
    return tuple(float(round(value, 3)) for value in found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=600, help="of each set, drawn once for all")
    parser.add_argument("--write", action="store_true", help="keep what was found")
    options = parser.parse_args()
    if options.write:
        _write_order(options.folder)
    names = sorted({*CURVED, *REPORTED})
    sets = {name: measured(rows_of(options.folder, name, options.rows)) for name in names}
    print("| left out | r | RMSE | QWK | ECE | steepness | middle |\n|---|---|---|---|---|---|---|")
    table = [_report(name, sets) for name in REPORTED]
    print("| mean |" + "".join(f" {np.mean(column):.3f} |" for column in zip(*table, strict=True)))
    head = fitted([sets[name] for name in CURVED])
    print(head)
    if options.write:
        _write_head(head, options.rows)


def _report(name: str, sets: dict[str, tuple[Measures, Array]]) -> tuple[float, ...]:
    head = fitted([sets[other] for other in CURVED if other != name])
    measures, people = sets[name]
    said = scores(measures, head)
    sure = np.array([head.confidence(one) for one in said])
    kinds: list[Callable[[Array, Array], float]] = [correlation, rmse, qwk]
    figures = (*(kind(said, people) for kind in kinds), ece(sure, is_right(said, people)))
    cells = "".join(f" {figure:.3f} |" for figure in figures)
    print(f"| {name} |{cells} {head.steepness} | {head.middle} |", flush=True)
    return figures


def _write_order(folder: Path) -> None:
    rows = rows_of(folder, PROSE, 1200)
    own = read_path(CONTENT).questions
    prose = [row["student_answer"] for row in rows] + [row["question"] for row in rows]
    prose += [question.reference_answer for question in own]
    prose += [criterion.text for question in own for criterion in question.criteria]
    about = "Which class of word follows which, counted over the answers of evouna (Apache-2.0)"
    about += " and the built-in questions."
    _write(word_order.TABLE, {"about": about, "followers": word_order.count(prose)})


def _write_head(head: Head, rows: int) -> None:
    kept = {
        "about": "Numbers of the local judge, found by benchmarks/train_local_head.py.",
        "trained_on": dict.fromkeys(CURVED, f"at most {rows} rows"),
        "steepness": head.steepness,
        "middle": head.middle,
        "floor": head.floor,
        "certainty": list(head.certainty),
    }
    _write(heads.FILE, kept)


def _write(path: Path, kept: dict[str, Any]) -> None:
    path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
