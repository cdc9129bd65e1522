"""Answers in nearly the same words, by the stored vectors of their wording."""

from dataclasses import dataclass
from typing import Final

from django.db import connection

from grading.models import Submission

WORDING: Final = "wording-1"  # whose vectors: those of grading.embedders.wording
ALIKE: Final = 0.92  # cosine from which two answers are nearly the same words: one in 20 differs
SHOWN: Final = 20

# Every answer to the question is compared, and exactly: an index of near vectors would first find
# those of other questions, and of answers that are deleted, and then have none left to tell of.
SQL: Final = """
    WITH own AS MATERIALIZED (
        SELECT vector FROM grading_embedding
        WHERE content_hash = %(hash)s AND model = %(model)s
    )
    SELECT submission.id, 1 - (near.vector <=> own.vector)
    FROM own, grading_submission submission
    JOIN grading_embedding near USING (content_hash)
    WHERE near.model = %(model)s AND near.vector <=> own.vector <= %(furthest)s
        AND submission.rubric_id = %(rubric)s AND submission.id <> %(submission)s
    ORDER BY near.vector <=> own.vector, submission.id DESC LIMIT %(shown)s
"""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A submission under the same rubric, and the cosine of its words with the ones in hand."""

    submission_id: int
    similarity: float


def neighbours_of(submission: Submission) -> list[Neighbour]:
    """The nearest first; of every team, so narrow them to who may be seen. One query.

    Nothing for words without a stored vector, as those that no judge had to read.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            SQL,
            {
                "hash": submission.content_hash,
                "model": WORDING,
                "furthest": 1 - ALIKE,
                "rubric": submission.rubric_id,
                "submission": submission.pk,
                "shown": SHOWN,
            },
        )
        return [Neighbour(pk, similarity) for pk, similarity in cursor.fetchall()]
