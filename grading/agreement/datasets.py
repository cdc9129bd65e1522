"""Answers that people graded, read from CSV, and fair samples of them.

Columns: ``question_id`` (text: 11.1 is not 11.10), ``question`` (may be empty),
``reference_answer`` (alternatives joined by `` ||| ``), ``student_answer``, ``score`` from 0 to 1;
and where known ``score_grader1``, ``score_grader2`` and ``split``. No word stands for a missing
value: "none" and "NA" are real answers.
"""

import csv
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

NEEDED: Final = ("question_id", "question", "reference_answer", "student_answer", "score")
ALTERNATIVES: Final = " ||| "
LONGEST_FIELD: Final = 1 << 20  # characters; the csv module stops at 131,072 by itself


@dataclass(frozen=True, slots=True)
class Row:
    """One graded answer; scores are from 0 to 1, `line` counts from 1 and the header is line 1."""

    line: int
    question_id: str
    question: str
    references: tuple[str, ...]
    answer: str
    score: float
    graders: tuple[float, float] | None
    split: str


class DatasetError(ValueError):
    """A file that is not what was promised; names file, line and column."""


def read_csv(path: Path) -> list[Row]:
    """Read every row, in order. Raises DatasetError for what cannot be read as graded answers."""
    csv.field_size_limit(LONGEST_FIELD)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
            if missing:
                raise DatasetError(f"{path.name}, line 1: no column {', '.join(missing)}.")
            rows = []
            while True:
                line = reader.line_num + 1  # where the row begins: an answer may span lines
                fields = next(reader, None)
                if fields is None:
                    break
                rows.append(_row(path.name, line, fields))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(f"{path.name} cannot be read: {error}") from error
    if not rows:
        raise DatasetError(f"{path.name} has no rows.")
    return rows


def _row(name: str, line: int, fields: Mapping[str, str | None]) -> Row:
    where = f"{name}, line {line}"
    texts = {column: fields[column] for column in NEEDED}
    if None in fields or None in texts.values():
        raise DatasetError(f"{where}: not as many fields as the header has columns.")
    references = tuple(
        part.strip()
        for part in (fields["reference_answer"] or "").split(ALTERNATIVES)
        if part.strip()
    )
    if not references:
        raise DatasetError(f"{where}, column reference_answer: empty.")
    if not (fields["question_id"] or "").strip():
        raise DatasetError(f"{where}, column question_id: empty.")
    first, second = (_optional_score(fields, f"score_grader{number}", where) for number in (1, 2))
    return Row(
        line=line,
        question_id=(fields["question_id"] or "").strip(),
        question=(fields["question"] or "").strip(),
        references=references,
        answer=fields["student_answer"] or "",
        score=_score(fields["score"] or "", f"{where}, column score"),
        graders=None if first is None or second is None else (first, second),
        split=(fields.get("split") or "").strip(),
    )


def _optional_score(fields: Mapping[str, str | None], column: str, where: str) -> float | None:
    text = (fields.get(column) or "").strip()
    return _score(text, f"{where}, column {column}") if text else None


def _score(text: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 1:
        raise DatasetError(f"{where}: {text!r} is not a number from 0 to 1.")
    return value


def sample(rows: Sequence[Row], size: int, *, seed: int) -> list[Row]:
    """Return `size` rows (or all), in file order, as evenly from all questions as they allow.

    Questions take turns in an order drawn once; each gives its answers in an order drawn once.
    The same seed always draws the same rows.
    """
    if size >= len(rows):
        return list(rows)
    draw = Random(seed)  # noqa: S311 - a repeatable draw, not a secret
    by_question: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_question[row.question_id].append(row)
    waiting = list(by_question.values())
    draw.shuffle(waiting)
    for answers in waiting:
        draw.shuffle(answers)
    chosen: list[Row] = []
    turn = 0
    while len(chosen) < size:
        chosen += [answers[turn] for answers in waiting if turn < len(answers)][
            : size - len(chosen)
        ]
        turn += 1
    return sorted(chosen, key=lambda row: row.line)
