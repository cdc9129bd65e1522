"""Nudges. A task takes an id, makes one call, and may be lost without harm."""

from celery import shared_task
from django.utils import timezone

from grading.operations import batches, grades


@shared_task
def run_grade(grade_id: int) -> None:
    grades.run_grade(grade_id=grade_id)


@shared_task(expires=30)
def requeue_stuck() -> None:
    grades.requeue_stuck(now=timezone.now())


@shared_task(expires=30)
def advance_batches() -> None:
    batches.advance_runs(now=timezone.now())
