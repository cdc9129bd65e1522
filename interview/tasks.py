"""Nudges. A task takes an id, makes one call, and may be lost without harm."""

from celery import shared_task
from django.utils import timezone

from interview.operations import follow_ups


@shared_task
def write_follow_up(question_id: int) -> None:
    follow_ups.write_question(question_id=question_id)


@shared_task(expires=30)
def requeue_unwritten() -> None:
    follow_ups.requeue_unwritten(now=timezone.now())
