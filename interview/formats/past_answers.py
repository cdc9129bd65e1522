"""Answers that were given elsewhere, read from CSV: one a row, under the question's key.

Columns: ``question`` and ``answer``; where known ``candidate``, a label that tells people apart,
``score`` and ``second_score``, what people gave: from 0 to 1, or a percentage such as 80%.
Fields are separated by commas, semicolons or tabs. Other columns are passed over.
"""

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from interview.formats.document import FormatError, Unplaced
from interview.formats.source import LARGEST, tidy

NEEDED: Final = ("question", "answer")
SCORES: Final = ("score", "second_score")
LONGEST_LABEL: Final = 80
SEPARATORS: Final = ",;\t"
Fields = Mapping[str | None, str | list[str] | None]


@dataclass(frozen=True, slots=True)
class PastAnswer:
    """One row; `line` is where it begins, from 1, and `scores` are people's, from 0 to 1."""

    line: int
    question: str
    answer: str
    candidate: str
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PastAnswers:
    rows: tuple[PastAnswer, ...]
    unplaced: tuple[Unplaced, ...]


class _RowError(Exception):
    pass


def read_past_answers(text: str, *, name: str) -> PastAnswers:
    """Every row that can be read; the others with their line and why. FormatError when the file
    as a whole is no such table."""
    text = tidy(text, name=name)
    csv.field_size_limit(LARGEST)
    head = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[PastAnswer] = []
    unplaced: list[Unplaced] = []
    line = 1
    try:
        columns = [column.strip().lower() for column in reader.fieldnames or ()]
        missing = [column for column in NEEDED if column not in columns]
        if missing:
            columns_missing = " and ".join(f"“{column}”" for column in missing)
            message = f"The first line has no column {columns_missing}."
            raise FormatError(message, source=name, line=1)
        reader.fieldnames = columns
        while True:
            line = reader.line_num + 1  # where the row begins: an answer may span lines
            fields = next(reader, None)
            if fields is None:
                break
            try:
                rows.append(_row(line, fields))
            except _RowError as error:
                unplaced.append(Unplaced(line, str(error)))
    except csv.Error as error:
        raise FormatError(f"This is not CSV: {error}.", source=name, line=line) from error
    if not rows and not unplaced:
        raise FormatError("There are no answers below the first line.", source=name, line=1)
    return PastAnswers(tuple(rows), tuple(unplaced))


def _row(line: int, fields: Fields) -> PastAnswer:
    if None in fields or None in fields.values():
        raise _RowError("It has not as many fields as the first line has columns.")
    question = _field(fields, "question")
    if not question:
        raise _RowError("It names no question.")
    candidate = _field(fields, "candidate")
    if len(candidate) > LONGEST_LABEL:
        raise _RowError(f"The candidate's label has more than {LONGEST_LABEL} characters.")
    scores = tuple(_score(_field(fields, column)) for column in SCORES if _field(fields, column))
    return PastAnswer(line, question, str(fields["answer"]), candidate, scores)


def _field(fields: Fields, column: str) -> str:
    return str(fields.get(column) or "").strip()


def _score(text: str) -> float:
    whole = text.removesuffix("%").strip().replace(",", ".")
    try:
        value = float(whole) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 1:
        raise _RowError(f"The score “{text[:20]}” is not from 0 to 1, nor a percentage.")
    return value
