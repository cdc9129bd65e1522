"""Rounds of a thread that sleeps between them, passed one by one by a test."""

import threading
from typing import Final

PATIENCE: Final = 10.0  # seconds until a thread that never comes fails the test


class Rounds:
    """`sleep` is the thread's: it returns when the test passes a round, and notes how long it was
    to be, and whose."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.threads: list[threading.Thread] = []
        self._asleep = threading.Semaphore(0)
        self._awake = threading.Semaphore(0)
        self._ended = False

    def sleep(self, seconds: float) -> None:
        if self._ended:
            return
        self.slept.append(seconds)
        if threading.current_thread() not in self.threads:
            self.threads.append(threading.current_thread())
        self._asleep.release()
        self._awake.acquire()

    def pass_one(self) -> None:
        """Let the thread do its round, and return when it sleeps again."""
        self.begin()
        assert self._asleep.acquire(timeout=PATIENCE), "no thread sleeps after its round"
        self._asleep.release()

    def pass_last(self) -> None:
        """Let the thread do the round that it ends in, and return when it has."""
        self.begin()
        self.threads[-1].join(PATIENCE)

    def begin(self) -> None:
        """Let the thread do its round."""
        assert self._asleep.acquire(timeout=PATIENCE), "no thread sleeps"
        self._awake.release()

    def end(self) -> None:
        """No thread sleeps any more."""
        self._ended = True
        self._awake.release()
