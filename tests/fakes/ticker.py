"""Time for what workers share, moved by the test alone."""

from datetime import UTC, datetime

import pytest

from grading.llm.breaker import Breaker
from grading.llm.throttle import Throttle
from grading.operations import valves
from grading.queries.queue import queue_name


class Ticker:
    """Seconds since the epoch; stands still between calls of ``advance``."""

    def __init__(self, at: datetime) -> None:
        self._at = at.timestamp()

    def __call__(self) -> float:
        return self._at

    def advance(self, seconds: float) -> None:
        self._at += seconds

    def moment(self) -> datetime:
        return datetime.fromtimestamp(self._at, UTC)


@pytest.fixture
def ticker(monkeypatch: pytest.MonkeyPatch) -> Ticker:
    """The gate before Claude tells time by this; it begins at the present."""
    clock = Ticker(datetime.now(UTC))
    client, queue = valves.connect, queue_name
    monkeypatch.setattr(valves, "throttle", lambda: Throttle(client(), queue(), now=clock))
    monkeypatch.setattr(valves, "breaker", lambda: Breaker(client(), queue(), now=clock))
    monkeypatch.setattr(valves, "now", clock.moment)
    return clock
