"""Why a person should look at a grade, in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from grading.models import Grade
from interview.models import Answer
from interview.web.rows import AnswerRow, rows_of

WORDS = {
    "unsure": "The grader is not sure of it.",
    "quotes": "Some of the grader's quotes are not in the answer; their points were not counted.",
    "borderline": "The score is next to the pass line, or readings lie on both sides of it.",
    "injection": "Some of the text reads like instructions to the grader.",
    "split": "Readings of the same answer do not agree.",
    "neighbours": "An answer in nearly the same words has another grade.",
    "given_up": "The grader itself could not grade the answer.",
}


def doubts_in_words(grade: Grade) -> list[str]:
    """A sentence a doubt; none for a grade that can stand, or has no score to doubt."""
    return [WORDS[doubt] for doubt in grade.doubts if doubt in WORDS]


@dataclass(frozen=True, slots=True)
class Alike:
    """Another answer in nearly the same words; ``percent`` is how near they are."""

    row: AnswerRow
    percent: int


def alike_rows(pairs: Sequence[tuple[Answer, float]]) -> list[Alike]:
    """Rows of ``answers_like``."""
    rows = rows_of([answer for answer, _ in pairs])
    return [
        Alike(row, int(similarity * 100)) for row, (_, similarity) in zip(rows, pairs, strict=True)
    ]
