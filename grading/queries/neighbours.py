"""Answers in nearly the same words, by the stored vectors of their wording."""

from dataclasses import dataclass
from typing import Final

from django.db import connection

from grading.models import Submission

WORDING: Final = "wording-1"  # whose vectors: those of grading.embedders.wording
ALIKE: Final = 0.92  # cosine from which two answers are nearly the same words: one in 20 differs
LOOKED_AT: Final = 40  # nearest vectors, of any question; what the index looks at anyway
SHOWN: Final = 20

# The vectors alone are ordered, so that the index does it; the rest is a handful of rows.
SQL: Final = """
    WITH own AS (
        SELECT vector, model FROM grading_embedding
        WHERE content_hash = %(hash)s AND model = %(model)s
    ), near AS MATERIALIZED (
        SELECT content_hash, model, vector <=> (SELECT vector FROM own) AS distance
        FROM grading_embedding ORDER BY vector <=> (SELECT vector FROM own) LIMIT %(looked_at)s
    )
    SELECT submission.id, 1 - near.distance
    FROM near JOIN own USING (model)
    JOIN grading_submission submission USING (content_hash)
    WHERE near.distance <= %(furthest)s
        AND submission.rubric_id = %(rubric)s AND submission.id <> %(submission)s
    ORDER BY near.distance, submission.id DESC LIMIT %(shown)s
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
                "looked_at": LOOKED_AT,
                "furthest": 1 - ALIKE,
                "rubric": submission.rubric_id,
                "submission": submission.pk,
                "shown": SHOWN,
            },
        )
        return [Neighbour(pk, similarity) for pk, similarity in cursor.fetchall()]
