"""Grading many answers through batches, so that a stop at any point loses or doubles nothing.

What is about to be handed in is written down first, under names that nobody else uses. Whoever
finds a run that stopped while it was handed in looks for those names among the newest batches.
Until a new grade is there the old one is the last word, so candidates see no difference. What has
no grade yet waits for its batch, and no worker takes it up meanwhile.
"""

import logging
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from grading.embedders.base import EmbedderUnavailable
from grading.judges.base import JudgeError, JudgeUnavailable
from grading.llm.failures import CallFailed, Next, NoBatches
from grading.models import BatchItem, BatchRun, Grade, Submission
from grading.models.grade import IN_BATCH
from grading.operations.batch_items import todays_judge
from grading.operations.batch_rounds import (
    RunLost,
    collect_results,
    find_lost_batch,
    hand_in_waiting,
    keep_waiting,
    leave_waiting,
    take_back,
)
from grading.operations.frames import frames_of
from grading.operations.gate import learn_from_batch
from grading.operations.judging import make_embedder
from grading.operations.policies import setup_hash, site_policy
from grading.queries.batches import regradable

logger = logging.getLogger(__name__)

LEASE_SECONDS: Final = 120  # longer than a call to the API may take
RENEW_SECONDS: Final = 20
POLL_SECONDS: Final = 30
AFTER_FAILURE_SECONDS: Final = 60.0


class RegradeError(Exception):
    """A run that cannot begin; the message says why."""


def start_regrade(
    *, label: str, submissions: QuerySet[Submission], policy: Mapping[str, Any]
) -> BatchRun:
    """Begin to grade these again, by this policy from now on; nothing is sent yet.

    Raises RegradeError when the last run of this label is not done, when there is nothing to do,
    or without a judge.
    """
    with transaction.atomic():
        run = start_run(label=label, grades=to_regrade(submissions, policy))
        judged = run.items.values("submission")
        Submission.objects.filter(pk__in=judged).update(policy=dict(policy))
    return run


def start_run(*, label: str, grades: QuerySet[Grade], judge: str = "") -> BatchRun:
    """Begin to grade these by batches: the last words on answers, or pending first grades that
    nobody was told of; nothing is sent yet. `judge`: whose word is asked, if not the one's that is
    set.

    Raises RegradeError when the last run of this label is not done, or when there is nothing to do.
    """
    if _is_refused(judge):
        raise RegradeError(
            "The server that is asked takes no batches: VIVA_CLAUDE_WITHOUT says so."
        )
    now = timezone.now()
    try:
        with transaction.atomic():
            run = BatchRun.objects.create(label=label, judge=judge, created_at=now, due_at=now)
            chosen = grades.order_by("submission__rubric_id", "pk")
            rows = chosen.values_list("pk", "submission_id").iterator(chunk_size=2000)
            made = BatchItem.objects.bulk_create(
                (BatchItem(run=run, grade_id=pk, submission_id=answer) for pk, answer in rows),
                batch_size=1000,
            )
            if not made:
                raise RegradeError("There is nothing to grade again.")
            first = Grade.objects.filter(pk__in=run.items.values("grade"))
            first.filter(state=Grade.State.PENDING).update(waiting_for=IN_BATCH)
    except IntegrityError:
        raise RegradeError("These answers are being graded again already.") from None
    return run


def grade_many(*, label: str, grades: Sequence[Grade]) -> BatchRun | None:
    """Let these pending first grades go through batches where Claude judges and its server takes
    them; None where they are left to the queue. Raises RegradeError as `start_run` does."""
    if settings.GRADING_JUDGE != "claude" or not takes_batches():
        return None
    pending = Grade.objects.filter(pk__in=[grade.pk for grade in grades])
    return start_run(label=label, grades=pending)


def takes_batches() -> bool:
    return "batches" not in settings.CLAUDE_WITHOUT


def _is_refused(judge: str) -> bool:
    """Whether this judge, or the one that is set, would be asked by batches that nobody takes."""
    return (judge or settings.GRADING_JUDGE) == "claude" and not takes_batches()


def to_regrade(submissions: QuerySet[Submission], policy: Mapping[str, Any]) -> QuerySet[Grade]:
    """Grades that today's judge would not give by this very setup. Raises RegradeError when there
    is no judge."""
    try:
        judge = todays_judge(make_embedder(), site_policy().changed(policy))
    except (JudgeUnavailable, EmbedderUnavailable, ValueError) as error:
        raise RegradeError(str(error)) from error
    setup = setup_hash(judge, Submission(policy=dict(policy)))
    return regradable(submissions, setup_hash=setup)


def stop_run(*, run: BatchRun) -> None:
    """Send no more. What the grader is at is asked to be ended, and what it did is still taken."""
    BatchRun.objects.filter(pk=run.pk).exclude(state=BatchRun.State.DONE).update(
        stopping=True, due_at=timezone.now()
    )


def advance_runs(*, now: datetime) -> int:
    """Take every run that is due as far as it goes by now. Returns how many there were.

    One that fails in a way nobody thought of does not keep the others waiting.
    """
    due = BatchRun.objects.filter(due_at__lte=now).exclude(state=BatchRun.State.DONE)
    runs = list(due.order_by("due_at").values_list("pk", flat=True))
    for run_id in runs:
        try:
            advance(run_id=run_id, now=now)
        except Exception as error:  # noqa: BLE001 - the next sweep looks at it again
            logger.error("Batch run %s failed: %s", run_id, frames_of(error))  # noqa: TRY400 - the message may quote an answer
    return len(runs)


def advance(*, run_id: int, now: datetime) -> BatchRun | None:
    """Take one run as far as it goes without waiting; None when somebody else is at it."""
    token = uuid.uuid4()
    free = Q(claim=None) | Q(claimed_at__lt=now - timedelta(seconds=LEASE_SECONDS))
    mine = BatchRun.objects.filter(free, pk=run_id).exclude(state=BatchRun.State.DONE)
    if not mine.update(claim=token, claimed_at=now, detail=""):
        return None
    run = BatchRun.objects.get(pk=run_id)
    try:
        while _step(run, now):
            pass
    except RunLost:
        logger.warning("Batch run %s is in other hands now", run_id)
        return None
    except CallFailed as failure:
        learn_from_batch(failure, now=now)
        _wait(run, str(failure), failure.wait_seconds or AFTER_FAILURE_SECONDS, now)
        if failure.wants_a_person:
            logger.error("Batch run %s waits: %s, status %s", run_id, failure.code, failure.status)  # noqa: TRY400 - no traceback: it may quote the prompt
    except (JudgeError, EmbedderUnavailable) as error:
        wait = getattr(error, "wait_seconds", None) or AFTER_FAILURE_SECONDS
        _wait(run, str(error), max(wait, POLL_SECONDS), now)  # each look packs all of it anew
    finally:
        BatchRun.objects.filter(pk=run_id, claim=token).update(claim=None, claimed_at=None)
    run.refresh_from_db()
    return run


def _step(run: BatchRun, now: datetime) -> bool:
    """One step; whether another can follow at once."""
    match run.state:
        case BatchRun.State.SENDING:
            return _recover(run, now)
        case BatchRun.State.SENT:
            return _look(run, now)
        case BatchRun.State.WAITING if run.stopping:
            keep_waiting(run, "stopped")
            return _done(run)
        case BatchRun.State.WAITING if _is_refused(run.judge):
            leave_waiting(run)
            return _done(run)
        case BatchRun.State.WAITING:
            return _send(run, now)
        case _:
            return False


def _send(run: BatchRun, now: datetime) -> bool:
    try:
        batch_id = hand_in_waiting(run, renew=_renewing(run), now=now)
    except CallFailed as failure:
        if failure.maybe_billed:
            raise  # the batch may be there all the same: see _recover
        take_back(run)
        if failure.next is Next.STOP:
            keep_waiting(run, failure.code)
        _hold(run, state=BatchRun.State.WAITING)
        if failure.next is not Next.STOP:
            raise
        return True
    if not batch_id:
        return _done(run)
    due = now + timedelta(seconds=POLL_SECONDS)
    _hold(run, state=BatchRun.State.SENT, external_id=batch_id, answered=0, due_at=due)
    return True


def _recover(run: BatchRun, now: datetime) -> bool:
    """Somebody stopped between writing down what is sent and hearing of the batch."""
    try:
        found = find_lost_batch(run, now=now)
    except CallFailed as failure:
        never_there = isinstance(failure, NoBatches) and _is_refused(run.judge)
        if not run.stopping and not never_there:
            raise
        found = ""  # never there, or nobody can be asked and nobody wants it any more
    if found is None:
        _wait(run, "", POLL_SECONDS, now)
        return False
    if found:
        _hold(run, state=BatchRun.State.SENT, external_id=found)
    else:
        take_back(run)
        _hold(run, state=BatchRun.State.WAITING, external_id="")
    return True


def _look(run: BatchRun, now: datetime) -> bool:
    from grading.llm import batches  # noqa: PLC0415 - the SDK is heavy
    from grading.llm.failures import NotFound  # noqa: PLC0415 - beside it
    from grading.operations.judging import claude_client  # noqa: PLC0415 - beside it

    try:
        look = batches.look_at(claude_client(), run.external_id)
        if look.ended:
            collect_results(run, renew=_renewing(run))
    except NotFound:  # another key's, or older than results are kept
        logger.warning("Batch %s of run %s is gone", run.external_id, run.pk)
        take_back(run)
    else:
        if not look.ended:
            if run.stopping:
                batches.cancel(claude_client(), run.external_id)
            due = now + timedelta(seconds=POLL_SECONDS)
            _hold(run, answered=look.size - look.open, due_at=due)
            return False
    _hold(run, state=BatchRun.State.WAITING, external_id="", answered=0)
    return True


def _done(run: BatchRun) -> bool:
    _hold(run, state=BatchRun.State.DONE, finished_at=timezone.now(), detail="")
    return False


def _wait(run: BatchRun, why: str, seconds: float, now: datetime) -> None:
    BatchRun.objects.filter(pk=run.pk, claim=run.claim).update(
        detail=why, due_at=now + timedelta(seconds=seconds)
    )


def _hold(run: BatchRun, **changes: object) -> None:
    """Change the run, and hold it for another lease; raises `RunLost` when somebody else does."""
    mine = BatchRun.objects.filter(pk=run.pk, claim=run.claim)
    if not mine.update(claimed_at=timezone.now(), **changes):
        raise RunLost
    for name, value in changes.items():
        setattr(run, name, value)


def _renewing(run: BatchRun) -> Callable[[], None]:
    """Something to call between answers: now and then it renews the claim."""
    last = time.monotonic()

    def renew() -> None:
        nonlocal last
        if time.monotonic() - last > RENEW_SECONDS:
            _hold(run)
            last = time.monotonic()

    return renew
