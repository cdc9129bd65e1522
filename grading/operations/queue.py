"""Pausing the way to Claude for all answers, and letting it go on. The rows wait meanwhile."""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q

from grading.llm.failures import SpendLimitReached
from grading.models import Grade, QueuePause
from grading.operations import valves
from grading.queries.queue import active_pause, open_pauses, queue_name

logger = logging.getLogger(__name__)

BY_HAND: Final = "by_hand"
# What is mended without a word to us is found out by trying.
PROBE_SECONDS: Final = 60.0
LIMIT_PROBE_SECONDS: Final = 900.0  # a limit is seldom raised, and its reset is often known


class QueueError(Exception):
    """The queue cannot be paused or resumed so; the message says why."""


def pause_queue(*, by: User, why: str, until: datetime | None, now: datetime) -> QueuePause:
    """Stop taking answers to Claude, whatever it was stopped for before.

    Raises `QueueError` without a reason, or when `until` is past.
    """
    if not why.strip():
        raise QueueError("Say why: everybody who waits for it will ask.")
    if until is not None and until <= now:
        raise QueueError("The time to go on lies in the past.")
    _pause(
        now=now,
        reason=BY_HAND,
        detail=why.strip(),
        paused_by=by,
        until=until,
        probe_at=None,
    )
    return open_pauses(queue_name()).get()


def pause_for_failure(
    *, code: str, sentence: str, wait_seconds: float | None, now: datetime
) -> None:
    """Stop because a call failed in a way that no retry mends; a person's own pause stays.

    `wait_seconds`: until the limit is reset, where the server said.
    """
    limit = code == SpendLimitReached.code
    known = wait_seconds is not None and limit
    pause = active_pause(now)
    if pause is not None and pause.is_by_hand:
        return
    if pause is None or pause.reason != code:
        logger.error("Grading by Claude is paused: %s", sentence)
    _pause(
        now=now,
        reason=code,
        detail=sentence,
        paused_by=None,
        until=now + timedelta(seconds=wait_seconds or 0) if known else None,
        probe_at=now + timedelta(seconds=LIMIT_PROBE_SECONDS if limit else PROBE_SECONDS),
    )


def _pause(*, now: datetime, reason: str, **fields: object) -> None:
    """One open row a queue: the one there is, with these fields, or a new one. A person's own is
    changed by people alone."""
    queue = queue_name()
    close_ended(now=now)
    # Together: whoever comes second finds the first one's row.
    QueuePause.objects.bulk_create(
        [QueuePause(queue=queue, paused_at=now, reason=reason, **fields)], ignore_conflicts=True
    )
    standing = open_pauses(queue)
    if reason != BY_HAND:
        standing = standing.exclude(reason=BY_HAND)
    standing.update(reason=reason, **fields)


def resume_queue(*, by: User | None, now: datetime) -> bool:
    """Go on: the breaker is closed and those who waited are announced. Whether it was paused.

    `by` is None when a call that was let through came back: a person may have paused meanwhile,
    and theirs stays.
    """
    standing = open_pauses(queue_name())
    if by is None:
        standing = standing.exclude(reason=BY_HAND)
    if not standing.update(resumed_at=now, resumed_by=by):
        return False
    logger.warning("Grading by Claude goes on")
    valves.breaker().close()
    release_waiting(now=now)
    return True


def close_ended(*, now: datetime) -> None:
    """End pauses whose time is over, and let those who waited for them be announced."""
    ended = QueuePause.objects.filter(resumed_at__isnull=True, until__lte=now)
    if ended.update(resumed_at=now):
        release_waiting(now=now)


def release_waiting(*, now: datetime) -> None:
    """Let the next sweep announce what waited for Claude."""
    due = now - timedelta(seconds=settings.GRADE_NUDGE_SECONDS + 1)
    Grade.objects.filter(
        Q(waiting_for="paused") | Q(waiting_for="away"),
        state=Grade.State.PENDING,
    ).update(nudged_at=due)


def _release_left_behind(*, now: datetime) -> None:
    """Announce who is put aside for a pause that is none of theirs any more: they were at the gate
    as it was resumed, or another key or judge is set now."""
    left = Grade.objects.filter(state=Grade.State.PENDING, waiting_for="paused", nudged_at__gt=now)
    left.update(nudged_at=now - timedelta(seconds=settings.GRADE_NUDGE_SECONDS + 1))


def take_probe(*, pause: QueuePause, now: datetime) -> bool:
    """Whether this call is the one let through to see if the pause is over; one at a time is."""
    later = now + timedelta(
        seconds=LIMIT_PROBE_SECONDS if pause.reason == SpendLimitReached.code else PROBE_SECONDS
    )
    return bool(
        QueuePause.objects.filter(
            pk=pause.pk, resumed_at__isnull=True, probe_at__isnull=False, probe_at__lte=now
        ).update(probe_at=later)
    )


def grade_to_probe_with(*, now: datetime) -> int | None:
    """An answer that waits for a paused queue that is due for a try; None if there is none.

    Ends pauses whose time is over, and leaves nobody behind who waited for one.
    """
    close_ended(now=now)
    pause = active_pause(now) if settings.GRADING_JUDGE == "claude" else None
    if pause is None:
        _release_left_behind(now=now)
        return None
    if pause.probe_at is None or pause.probe_at > now:
        return None
    waiting = Grade.objects.filter(state=Grade.State.PENDING, waiting_for="paused")
    # Who was let through in vain looks again soonest, so it stands behind all others here.
    return waiting.order_by("-nudged_at", "pk").values_list("pk", flat=True).first()


def seconds_to_wait(pause: QueuePause, now: datetime) -> float:
    """How long an answer is put aside for: it is announced as soon as the queue is resumed."""
    return (pause.until - now).total_seconds() if pause.until else 3_600.0
