"""Reading grades: each function is one idea on a queryset."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from grading.models import CriterionVerdict, Grade, Submission
from grading.models.grade import IN_BATCH


def with_verdicts(grades: QuerySet[Grade]) -> QuerySet[Grade]:
    """Verdicts in rubric order, with their criteria: one more query however many grades."""
    verdicts = CriterionVerdict.objects.select_related("criterion").order_by("criterion__position")
    return grades.prefetch_related(Prefetch("verdicts", queryset=verdicts))


def current_grade(submission: Submission) -> Grade:
    """The last word on a submission, verdicts at hand."""
    grades = Grade.objects.current().filter(submission=submission)
    return with_verdicts(grades.select_related("submission__rubric", "ruled_by")).get()


def grade_history(submission: Submission) -> list[Grade]:
    """Every grade of a submission, newest first, verdicts at hand; the first is the last word.

    Without one that is still on its way to take another's place.
    """
    grades = (
        submission.grades.spoken().select_related("submission__rubric", "ruled_by").order_by("-pk")
    )
    return list(with_verdicts(grades))


def current_grades_prefetch(lookup: str) -> Prefetch[str]:
    """For lists: ``lookup`` leads to grades (``submission__grades``); read ``.current_grades``."""
    current = Grade.objects.current().select_related("ruled_by")
    return Prefetch(lookup, queryset=current, to_attr="current_grades")


def is_waited_for(rubric_id: int, *, besides: Collection[int], now: datetime) -> bool:
    """Whether a grade under this rubric, other than these, is due or being worked on."""
    pending = Q(state=Grade.State.PENDING, nudged_at__lte=now) & ~Q(waiting_for=IN_BATCH)
    due = pending | Q(state=Grade.State.RUNNING)
    found = Grade.objects.filter(due, submission__rubric_id=rubric_id).values_list("pk", flat=True)
    return any(pk not in besides for pk in found[: len(besides) + 1])
