"""Nearly the same words with another grade: one of the two is wrong, and a person says which."""

from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from grading.embedders.wording import WordingEmbedder
from grading.grader.doubt import Doubt
from grading.models import Grade, Submission
from grading.queries.neighbours import neighbours_of

_wording: Final = WordingEmbedder()
KEEP: Final = """
    INSERT INTO grading_embedding (content_hash, model, vector, created_at)
    VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
APART: Final = 0.2  # by how much the scores of such answers may differ


def flag_unlike_neighbours(*, grade: Grade) -> int:
    """Mark a judge's grade, and those it is unlike, for a person; how many were marked.

    Grades are compared within one account: nobody is told of another team's answers. What a person
    ruled is compared with, and not marked.
    """
    if grade.score is None or grade.reason or grade.is_human:
        return 0
    _keep_wording(grade.submission)
    nearby = [neighbour.submission_id for neighbour in neighbours_of(grade.submission)]
    if not nearby:
        return 0
    others = Grade.objects.current().filter(
        submission__in=nearby,
        submission__account=grade.submission.account_id,
        state=Grade.State.GRADED,
        reason="",
        provisional=False,
    )
    unlike = [
        pk
        for pk, score in others.values_list("pk", "score")
        if score is not None and abs(score - grade.score) > APART
    ]
    return _mark([grade.pk, *unlike]) if unlike else 0


def _keep_wording(submission: Submission) -> None:
    """In one statement: it is asked of every answer, and hardly ever there before."""
    (vector,) = _wording.embed([submission.text])
    row = (submission.content_hash, _wording.name, str(vector), timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(KEEP, row)


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
