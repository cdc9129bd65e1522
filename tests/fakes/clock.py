"""Time as the fake tells it: the machine's, moved forward or stopped by a test."""

import time
from datetime import UTC, datetime


class Clock:
    """Seconds since the epoch. Ticks by itself until it is frozen."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._frozen: float | None = None

    def now(self) -> float:
        """The present, in seconds."""
        return (time.time() if self._frozen is None else self._frozen) + self._ahead

    def advance(self, seconds: float) -> None:
        """Move the present forward."""
        self._ahead += seconds

    def freeze(self) -> None:
        """Stop ticking; from here on time moves only by ``advance``."""
        self._frozen = time.time()


def stamp(seconds: float) -> str:
    """RFC 3339, as in the API's replies and headers."""
    return (
        datetime.fromtimestamp(seconds, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
    )
