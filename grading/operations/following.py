"""Staying with a batch run until it is done, beside the workers that do the same."""

import time
from collections.abc import Callable
from typing import Final

from django.core.management.base import OutputWrapper
from django.utils import timezone

from grading.models import BatchRun
from grading.operations.batches import RegradeError, advance
from grading.queries.batches import Progress, progress

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


class RunBar:
    """Draws the run as one line of a terminal, again and again; elsewhere nothing."""

    def __init__(self, stream: OutputWrapper) -> None:
        self._stream = stream

    def __call__(self, run: BatchRun) -> None:
        if self._stream.isatty():
            end = "\n" if run.is_done else ""
            self._stream.write(f"\r{line_of(run, progress(run))}", ending=end)
            self._stream.flush()


def line_of(run: BatchRun, found: Progress) -> str:
    full = WIDTH * found.done // found.total if found.total else WIDTH
    state = run.detail or run.get_state_display()
    return f"[{'#' * full}{'.' * (WIDTH - full)}] {found.done} of {found.total}  {state[:40]:<40}"
