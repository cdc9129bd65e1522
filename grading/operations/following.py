"""Staying with a run, or with answers in the queue, until it is done: the workers do the work."""

import time
from collections.abc import Callable
from typing import Final

from django.core.management.base import OutputWrapper
from django.utils import timezone

from grading.models import BatchRun
from grading.operations.batches import RegradeError, advance
from grading.queries.batches import progress

LOOK_SECONDS: Final = 2.0
WIDTH: Final = 30


def follow(
    *, run: BatchRun, show: Callable[[BatchRun], None], wait: Callable[[float], None] = time.sleep
) -> BatchRun:
    """Take the run on until it is done. `show` is called after each look.

    Raises RegradeError when somebody else has taken what came of it, and put it away.
    """
    while True:
        advance(run_id=run.pk, now=timezone.now())
        try:
            run.refresh_from_db()
        except BatchRun.DoesNotExist:
            raise RegradeError(
                "Another process did the same meanwhile, and has kept what came of it."
            ) from None
        show(run)
        if run.is_done:
            return run
        wait(LOOK_SECONDS)


def look_until(is_done: Callable[[], bool]) -> None:
    """Look again and again, with time between, until what is looked at is done."""
    while not is_done():
        time.sleep(LOOK_SECONDS)


class Bar:
    """One line of a terminal, drawn again and again; elsewhere nothing."""

    def __init__(self, stream: OutputWrapper) -> None:
        self._stream = stream

    def draw(self, done: int, total: int, state: str, *, ended: bool) -> None:
        if self._stream.isatty():
            full = WIDTH * done // total if total else WIDTH
            line = f"[{'#' * full}{'.' * (WIDTH - full)}] {done} of {total}  {state[:40]:<40}"
            self._stream.write(f"\r{line}", ending="\n" if ended else "")
            self._stream.flush()

    def draw_run(self, run: BatchRun) -> None:
        found, state = progress(run), run.detail or run.get_state_display()
        self.draw(found.done, found.total, state, ended=run.is_done)
