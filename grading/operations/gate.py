"""What stands before every call to Claude: the pause, the shared throttle, the circuit breaker."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings

from grading.llm.calls import Reply
from grading.llm.failures import (
    CallFailed,
    HeldBack,
    KeyRefused,
    Next,
    NotFound,
    NotPermitted,
    PaymentRequired,
    RateLimited,
    SpendLimitReached,
)
from grading.llm.seats import seats
from grading.operations import valves
from grading.operations.queue import (
    pause_for_failure,
    resume_queue,
    seconds_to_wait,
    take_probe,
)
from grading.queries.queue import active_pause

PAUSED: Final = "Grading by Claude is paused."
OF_THE_KEY: Final = (KeyRefused, PaymentRequired, SpendLimitReached)  # whatever it is used for
PATIENCE_SECONDS: Final = 2.0  # who waits longer for a place waits in the queue, not in a thread


class QueueGate:
    """Lets calls pass as the queue stands, and learns from how they end."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep

    def enter(self, model: str) -> "QueuePassage":
        """Raises `HeldBack`. A call that is to show whether a pause is over passes the breaker."""
        now = valves.now()
        pause = active_pause(now)
        if pause is not None and (pause.probe_at is None or pause.probe_at > now):
            raise HeldBack("paused", PAUSED, wait_seconds=seconds_to_wait(pause, now))
        breaker = valves.breaker()
        free, wait, may_be_open = valves.throttle().enter(
            model, beside=breaker.key(model), patience=PATIENCE_SECONDS
        )
        if not free:
            raise HeldBack("slow_down", "All workers were asked to go slower.", wait_seconds=wait)
        if pause is not None and not take_probe(pause=pause, now=now):
            raise HeldBack("paused", PAUSED, wait_seconds=seconds_to_wait(pause, now))
        if pause is None and may_be_open and (held := breaker.enter(model)):
            raise HeldBack("circuit_open", "The grader fails again and again.", wait_seconds=held)
        if wait:
            with seats.left():
                self._sleep(wait)
        return QueuePassage(model, probes=pause is not None)


@dataclass(frozen=True, slots=True)
class QueuePassage:
    """One call's way through; with `probes` it shows whether a pause is over."""

    model: str
    probes: bool

    def answered(self, reply: Reply) -> None:
        key = valves.breaker().key(self.model)
        cleared = valves.throttle().learn(self.model, reply.limits, reply.tokens, clear=key)
        self._reached(cleared=cleared)

    def failed(self, failure: CallFailed) -> None:
        throttle, breaker = valves.throttle(), valves.breaker()
        throttle.learn(self.model, failure.limits)
        if isinstance(failure, RateLimited):
            throttle.slow_down(self.model, failure.wait_seconds)
            self._reached()
        elif failure.next is Next.PAUSE:
            if not isinstance(failure, SpendLimitReached):
                breaker.failed(self.model, at_once=True)
            if not self._concerns_a_set_alone(failure):
                pause_for_failure(
                    code=failure.code,
                    sentence=failure.sentence,
                    wait_seconds=failure.wait_seconds,
                    now=valves.now(),
                )
        elif failure.next is Next.RETRY:
            breaker.failed(self.model)
        else:
            self._reached()

    def _concerns_a_set_alone(self, failure: CallFailed) -> bool:
        """Whether what is missing is a model that only a set of its own asks: the others go on."""
        of_the_site = {settings.CLAUDE_MODEL, settings.CLAUDE_STRONG_MODEL}
        return isinstance(failure, NotFound | NotPermitted) and self.model not in of_the_site

    def _reached(self, *, cleared: bool = False) -> None:
        """The server took the key and answered, whatever it said. `cleared`: the breaker knows."""
        if not cleared:
            valves.breaker().succeeded(self.model)
        if self.probes:
            resume_queue(by=None, now=valves.now())


@dataclass(frozen=True, slots=True)
class BatchPassage:
    """A batch's way through the pause. Throttle and breaker are none of its business: batches have
    limits of their own, and are worked off when there is room. With `probes` it shows whether a
    refused key is taken again."""

    now: datetime
    probes: bool

    def taken(self) -> None:
        if self.probes:
            resume_queue(by=None, now=self.now)


def enter_with_batch(now: datetime) -> BatchPassage:
    """Raises `HeldBack` while the queue is paused, unless this is the one that is to try again.

    That a batch is taken says nothing of its models and of what it will cost: these are looked at
    later, so another pause than that for a refused key is left to calls.
    """
    pause = active_pause(now)
    if pause is not None and not take_probe(pause=pause, now=now):
        raise HeldBack("paused", PAUSED, wait_seconds=seconds_to_wait(pause, now))
    return BatchPassage(now, probes=pause is not None and pause.reason == KeyRefused.code)


def learn_from_batch(failure: CallFailed, *, now: datetime) -> None:
    """Pause for everybody where what failed concerns the key, and not batches alone."""
    if isinstance(failure, OF_THE_KEY):
        pause_for_failure(
            code=failure.code,
            sentence=failure.sentence,
            wait_seconds=failure.wait_seconds,
            now=now,
        )
