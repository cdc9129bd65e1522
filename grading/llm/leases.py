"""Leases of leaders that are alive, renewed by one thread a process while their calls are out.

A lease is short, as everybody waits for it when a process dies, and a first byte may take longer.
The thread is there as long as anybody leads. Most leaders begin before a first renewal is due.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from redis import RedisError

from grading.llm.prefixes import CALL_SECONDS, LEASE_SECONDS, Prefix, Prefixes

logger = logging.getLogger(__name__)

RENEW_SECONDS: Final = LEASE_SECONDS / 3  # one may fail, or come late


@dataclass(frozen=True, slots=True, eq=False)
class _Lease:
    """What a leader opens. After `until`, by the clock of `known`, no call is out any more."""

    known: Prefixes
    prefixes: tuple[Prefix, ...]
    token: str
    until: float


class Keeper:
    """Renews what it is given. Safe to share, within one process; `sleep` takes seconds."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep
        self._lock = threading.Lock()
        self._leases: set[_Lease] = set()
        self._thread: threading.Thread | None = None

    @contextmanager
    def kept(self, known: Prefixes, prefixes: Sequence[Prefix], token: str) -> Iterator[None]:
        """Keep the leases that the token has on these, if there are any, until the block is left.

        One that somebody else has meanwhile, or that is over, is not touched.
        """
        if not prefixes:
            yield
            return
        lease = _Lease(known, tuple(prefixes), token, known.clock() + CALL_SECONDS)
        with self._lock:
            self._leases.add(lease)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._keep, name="leases", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._leases.discard(lease)

    def _keep(self) -> None:
        while True:
            self._sleep(RENEW_SECONDS)
            with self._lock:
                if not self._leases:
                    self._thread = None
                    return
                leases = list(self._leases)
            try:
                for lease in leases:
                    if lease.known.clock() < lease.until:
                        lease.known.renew(lease.prefixes, lease.token)
            except RedisError as error:
                logger.warning("Leases were not renewed: %s", type(error).__name__)


keeper: Final = Keeper()
