"""Seats for threads that work: a process computes on one core, whatever its threads.

Where all of them work at once each is slowed by all others, and those that finish together wait for
the last of them. With few seats the others stand in line, and the first to come is the first to be
done. Who waits for somebody else, an API or another thread, leaves its seat meanwhile.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

SEATS: Final = 4  # 3 to 6 did alike: some of the time goes to databases, which need none


class Seats:
    """So many threads may be seated at a time. Safe to share, within one process."""

    def __init__(self, count: int) -> None:
        self._free = threading.Semaphore(count)
        self._own = threading.local()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Have a seat, once there is one. Not to be nested: a thread that sits and asks for another
        might wait for itself."""
        with self._free:
            self._own.is_taken = True
            try:
                yield
            finally:
                self._own.is_taken = False

    @contextmanager
    def left(self) -> Iterator[None]:
        """Let another one sit meanwhile; nothing to a thread that has no seat."""
        if not getattr(self._own, "is_taken", False):
            yield
            return
        self._free.release()
        try:
            yield
        finally:
            self._free.acquire()


seats: Final = Seats(SEATS)
