"""The one follow-up question that an answer may get: asked for, written, found when it is lost."""

import logging
import uuid
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from grading.models import Criterion, Submission
from grading.operations.follow_ups import FollowUp, needs_claude, write_follow_up
from grading.queries.grades import current_grade
from interview.models import Answer, FollowUpQuestion
from interview.queries.follow_ups import offer_of
from interview.queries.library import is_set_open

logger = logging.getLogger(__name__)

MOST_ATTEMPTS: Final = 2  # a question whose workers were lost so often is written without Claude
GIVEN_UP_AFTER: Final = 4  # attempts, those without Claude among them; it may be asked for again
State = FollowUpQuestion.State


class FollowUpError(Exception):
    """No follow-up question can be asked here; the message says why."""


def ask_follow_up(*, answer: Answer) -> Answer:
    """Give the answer its follow-up; returns the place to answer it at, made once.

    Without Claude the question is there at once, otherwise a worker writes it. Asked once more,
    one that could not be written is tried again, about what is missed by now. Raises FollowUpError
    where none is offered.
    """
    with transaction.atomic():
        locked = (
            Answer.objects.select_for_update(of=("self",))
            .select_related("session__candidate", "session__version__question_set", "question")
            .get(pk=answer.pk)
        )
        reply = Answer.objects.filter(follow_up_of=locked).first()
        if reply is not None and reply.follow_up_question.state != State.FAILED:
            return reply
        if not is_set_open(locked):
            raise FollowUpError("This question's set is no longer open to you.")
        point = _point_of(locked)
        if reply is None:
            reply = _make_place(locked, point)
        else:
            FollowUpQuestion.objects.filter(answer=reply).update(
                state=State.WRITING,
                criterion=point,
                claim=None,
                attempts=0,
                nudged_at=timezone.now(),
            )
        question_id = reply.follow_up_question.pk
        if needs_claude():
            transaction.on_commit(lambda: nudge(question_id=question_id))
        else:
            write_question(question_id=question_id)
    return Answer.objects.select_related("follow_up_question").get(pk=reply.pk)


def write_question(*, question_id: int) -> bool:
    """Claim a question, write it, keep it; False when it was not there to be claimed.

    The call to Claude is made outside of any transaction; what it brings is kept only while the
    claim lasts.
    """
    token, now = uuid.uuid4(), timezone.now()
    claimed = FollowUpQuestion.objects.filter(
        pk=question_id, state=State.WRITING, claim__isnull=True
    ).update(claim=token, nudged_at=now, attempts=F("attempts") + 1)
    if not claimed:
        return False
    question = FollowUpQuestion.objects.select_related(
        "criterion", "answer__follow_up_of__submission"
    ).get(pk=question_id)
    first = question.answer.follow_up_of
    assert first is not None and first.submission is not None, "only verdicts are followed"  # noqa: PT018, S101 - for mypy
    found = _write(question, first.submission)
    mine = FollowUpQuestion.objects.filter(pk=question_id, claim=token)
    if found is None:
        kept = mine.update(state=State.FAILED, claim=None)
    else:
        kept = mine.update(
            state=State.WRITTEN,
            claim=None,
            text=found.question,
            rubric=found.rubric,
            author=FollowUpQuestion.Author(found.author.value),
        )
    return bool(kept)


def requeue_unwritten(*, now: datetime, limit: int = 100) -> int:
    """Find questions whose message or worker was lost; returns how many were announced again."""
    lease = now - timedelta(seconds=settings.GRADE_LEASE_SECONDS)
    waiting = FollowUpQuestion.objects.filter(state=State.WRITING)
    waiting.filter(claim__isnull=False, nudged_at__lt=lease).update(claim=None, nudged_at=lease)
    silent = now - timedelta(seconds=settings.GRADE_NUDGE_SECONDS)
    with transaction.atomic():
        lost = list(
            waiting.select_for_update(skip_locked=True)
            .filter(claim__isnull=True, nudged_at__lt=silent)
            .order_by("nudged_at")
            .values_list("pk", flat=True)[:limit]
        )
        FollowUpQuestion.objects.filter(pk__in=lost).update(nudged_at=now)
    for question_id in lost:
        nudge(question_id=question_id)
    return len(lost)


def nudge(*, question_id: int) -> None:
    """Tell a worker that the row waits; a broker that is away costs time, not the question."""
    from interview.tasks import write_follow_up as task  # noqa: PLC0415 - the one licensed upward import

    try:
        task.delay(question_id)
    except Exception as error:  # noqa: BLE001 - whatever the broker's client raises, the row stands
        logger.warning(
            "Question %s waits for the next sweep: %s", question_id, type(error).__name__
        )


def _point_of(answer: Answer) -> Criterion:
    """What a question would be about, as the answer is graded by now."""
    point = offer_of(answer, current_grade(answer.submission)) if answer.submission else None
    if point is None:
        raise FollowUpError("There is no follow-up question to this answer.")
    return point.criterion


def _make_place(answer: Answer, point: Criterion) -> Answer:
    now = timezone.now()
    reply = Answer.objects.create(
        session=answer.session,
        question=answer.question,
        position=answer.position,
        attempt=answer.attempt,
        follow_up_of=answer,
    )
    FollowUpQuestion.objects.create(answer=reply, criterion=point, asked_at=now, nudged_at=now)
    return reply


def _write(question: FollowUpQuestion, submission: Submission) -> FollowUp | None:
    if question.attempts > GIVEN_UP_AFTER:
        return None
    by_claude = needs_claude() and question.attempts <= MOST_ATTEMPTS
    return write_follow_up(submission=submission, criterion=question.criterion, by_claude=by_claude)
