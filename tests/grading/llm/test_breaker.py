from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import redis
from django.conf import settings

from grading.llm.breaker import CONFIGURED_SECONDS, FIRST_SECONDS, LONGEST_SECONDS, RUN, Breaker
from tests.fakes.ticker import Ticker

HAIKU, SONNET = "claude-haiku-5-5", "claude-sonnet-5-5"


@pytest.fixture
def clock() -> Ticker:
    return Ticker(datetime(2026, 11, 24, tzinfo=UTC))


@pytest.fixture
def worker(clock: Ticker) -> Callable[..., Breaker]:
    """``worker()``: a breaker with a connection of its own, as another process has it."""

    def make(queue: str = "one") -> Breaker:
        return Breaker(redis.Redis.from_url(settings.CELERY_BROKER_URL), queue, now=clock)

    return make


def test_a_run_of_failures_over_all_workers_opens_it(worker: Callable[..., Breaker]) -> None:
    opened = [worker().failed(HAIKU) for _ in range(RUN)]
    assert opened == [False] * (RUN - 1) + [True]
    assert worker().enter(HAIKU) == FIRST_SECONDS
    assert worker().enter(SONNET) == 0
    assert worker("another key").enter(HAIKU) == 0


def test_a_success_ends_the_run(worker: Callable[..., Breaker]) -> None:
    for _ in range(RUN - 1):
        worker().failed(HAIKU)
    worker().succeeded(HAIKU)
    assert not worker().failed(HAIKU)
    assert worker().enter(HAIKU) == 0


def test_what_no_retry_mends_opens_it_at_once(worker: Callable[..., Breaker]) -> None:
    assert worker().failed(HAIKU, at_once=True)
    assert worker().enter(HAIKU) == CONFIGURED_SECONDS


def test_half_open_one_call_goes_and_closes_it(
    worker: Callable[..., Breaker], clock: Ticker
) -> None:
    worker().failed(HAIKU, at_once=True)
    clock.advance(CONFIGURED_SECONDS)
    assert [worker().enter(HAIKU) for _ in range(3)] == [0, FIRST_SECONDS, FIRST_SECONDS]
    worker().succeeded(HAIKU)
    assert [worker().enter(HAIKU) for _ in range(3)] == [0, 0, 0]


def test_half_open_a_failure_opens_it_for_twice_as_long_up_to_five_minutes(
    worker: Callable[..., Breaker], clock: Ticker
) -> None:
    for _ in range(RUN):
        worker().failed(HAIKU)
    waits = []
    for _ in range(7):
        waits.append(wait := worker().enter(HAIKU))
        clock.advance(wait)
        assert worker().enter(HAIKU) == 0
        assert worker().failed(HAIKU)
    assert waits == [10, 20, 40, 80, 160, LONGEST_SECONDS, LONGEST_SECONDS]


def test_a_probe_that_never_came_back_is_given_up(
    worker: Callable[..., Breaker], clock: Ticker
) -> None:
    worker().failed(HAIKU, at_once=True)
    clock.advance(CONFIGURED_SECONDS)
    assert worker().enter(HAIKU) == 0
    clock.advance(100)
    assert worker().enter(HAIKU) == 0


def test_calls_that_were_under_way_do_not_keep_it_open_longer(
    worker: Callable[..., Breaker],
) -> None:
    for _ in range(RUN + 30):
        worker().failed(HAIKU)
    assert worker().enter(HAIKU) == FIRST_SECONDS


def test_a_person_closes_it_for_every_model_of_the_key(worker: Callable[..., Breaker]) -> None:
    for model in (HAIKU, SONNET):
        worker().failed(model, at_once=True)
    worker("another key").failed(HAIKU, at_once=True)
    worker().close()
    assert [worker().enter(model) for model in (HAIKU, SONNET)] == [0, 0]
    assert worker("another key").enter(HAIKU) == CONFIGURED_SECONDS


def test_without_redis_it_is_closed(caplog: pytest.LogCaptureFixture) -> None:
    nowhere = Breaker(redis.Redis.from_url("redis://127.0.0.1:1"), "one")
    assert not nowhere.failed(HAIKU, at_once=True)
    nowhere.succeeded(HAIKU)
    nowhere.close()
    assert nowhere.enter(HAIKU) == 0
    assert "ConnectionError" in caplog.text
