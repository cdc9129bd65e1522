"""How long an answer waits for a judge that could not be asked, and when that has an end."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from grading.judges.base import JudgeUnavailable, RetryLater
from grading.llm.calls import CallRecord
from grading.llm.failures import PASSING_CODES
from grading.queries.calls import NO_FAILURES, count_replies, failures_of, had_others_replies

TRIES: Final = 6  # failures that pass, of which this many are enough …
AWAY_AT_MOST: Final = timedelta(days=1)  # … or that lie in so much time, if nobody has an answer
TRIED_ENOUGH: Final = "judge_away"
MOST_REPLIES: Final = 4  # of earlier tries, from which what was read stands
LONGEST_SECONDS: Final = 300.0
JITTER: Final = 0.1  # of a wait that was asked for, so that not everyone comes back at once
OTHERWISE_SECONDS: Final = 60.0


def wait_for(error: Exception, *, grade_id: int, calls: Sequence[CallRecord]) -> float | None:
    """Seconds until the next try, or None when there were enough.

    Only failures that pass are counted, in the ledger and among the `calls` not yet in it. Being
    asked to go slower, or waiting for a person, is no try. While the model answers nobody, the
    answer is not what is wrong, so it waits on, unless its failures cost money.
    """
    if not isinstance(error, RetryLater):
        return error.wait_seconds if isinstance(error, JudgeUnavailable) else OTHERWISE_SECONDS
    failed = [call for call in calls if call.error in PASSING_CODES]
    before = failures_of(grade_id, PASSING_CODES) if failed else NO_FAILURES
    tries = before.count + len(failed)
    billed = before.billed + sum(call.micro_dollars != 0 for call in failed)
    if tries >= TRIES and (
        billed >= TRIES or not _is_away(grade_id, failed[-1].model, before.first)
    ):
        return None
    if error.wait_seconds is None:
        return backoff(tries)
    return error.wait_seconds * (1 + JITTER * random.random())  # noqa: S311 - spreads load, hides nothing


def _is_away(grade_id: int, model: str, since: datetime | None) -> bool:
    if since is None:  # all failed within this one try
        return False
    is_long = timezone.now() - since > AWAY_AT_MOST
    return not is_long and not had_others_replies(grade_id, model=model, since=since)


def may_read_anew(grade_id: int) -> bool:
    """Whether readings may be thrown away for one that has to wait. Each time they are paid for
    anew, and a model without any room for us would make that go on for ever."""
    return count_replies(grade_id) < MOST_REPLIES


def backoff(tries: int, chance: Callable[[], float] = random.random) -> float:
    """Anything up to twice as long as the last time; `tries` counts from 1."""
    return chance() * min(
        LONGEST_SECONDS, settings.GRADE_BACKOFF_SECONDS * 2.0 ** max(tries - 1, 0)
    )
