"""Nearly the same words with another grade: one of the two is wrong, and a person says which."""

from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from grading.embedders.wording import WordingEmbedder
from grading.grader.doubt import Doubt
from grading.models import Grade, Submission
from grading.queries.neighbours import ALIKE

_wording: Final = WordingEmbedder()
APART: Final = 0.2  # by how much the scores of such answers may differ
MARKED: Final = 20  # of them at most, the nearest
KEEP: Final = """
    INSERT INTO grading_embedding (content_hash, model, vector, created_at)
    VALUES (%(hash)s, %(model)s, %(vector)s, %(now)s) ON CONFLICT DO NOTHING
"""
# Finds the last words on those near it that have another score. After its own wording is kept, and
# not in that statement: of two that come at the same moment, one has to see the other.
COMPARE: Final = """
    WITH own AS MATERIALIZED (SELECT %(vector)s::vector AS vector)
    SELECT other.id FROM own, grading_submission submission
    JOIN grading_embedding near USING (content_hash)
    JOIN grading_grade other ON other.submission_id = submission.id
    WHERE submission.rubric_id = %(rubric)s AND submission.id <> %(submission)s
        AND submission.account_id IS NOT DISTINCT FROM %(account)s
        AND near.model = %(model)s AND near.vector <=> own.vector <= %(furthest)s
        AND other.state = 'graded' AND other.reason = '' AND NOT other.provisional
        AND abs(other.score - %(score)s) > %(apart)s
        AND NOT EXISTS (
            SELECT FROM grading_grade later
            WHERE later.supersedes_id = other.id AND later.state IN ('graded', 'ungraded')
        )
    ORDER BY near.vector <=> own.vector LIMIT %(marked)s
"""


def flag_unlike_neighbours(*, grade: Grade) -> int:
    """Mark a grade, and those it is unlike, for a person; how many were marked.

    Grades are compared within one account: nobody is told of another team's answers. What a person
    ruled is compared with, and not marked.
    """
    if grade.score is None or grade.reason:
        return 0
    unlike = _keep_and_compare(grade.submission, grade.score)
    return _mark([grade.pk, *unlike]) if unlike else 0


def _keep_and_compare(submission: Submission, score: float) -> list[int]:
    (vector,) = _wording.embed([submission.text])
    shown = {x: format(x, ".7g") for x in set(vector)}  # as exact as it is kept; they are few
    values: dict[str, Any] = {
        "vector": f"[{','.join([shown[x] for x in vector])}]",
        "hash": submission.content_hash,
        "model": _wording.name,
        "now": timezone.now(),
        "rubric": submission.rubric_id,
        "submission": submission.pk,
        "account": submission.account_id,
        "furthest": 1 - ALIKE,
        "score": score,
        "apart": APART,
        "marked": MARKED,
    }
    with connection.cursor() as cursor:
        cursor.execute(KEEP, values)
        cursor.execute(COMPARE, values)
        return [pk for (pk,) in cursor.fetchall()]


def _mark(grade_ids: list[int]) -> int:
    with transaction.atomic():
        marked = [
            grade
            for grade in Grade.objects.select_for_update().filter(pk__in=grade_ids).order_by("pk")
            if not grade.is_human and Doubt.NEIGHBOURS not in grade.doubts
        ]
        for grade in marked:
            grade.doubts = [*grade.doubts, Doubt.NEIGHBOURS.value]
        Grade.objects.bulk_update(marked, ["doubts"])
    return len(marked)
