from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import redis
from django.conf import settings

from grading.llm.calls import Tokens
from grading.llm.throttle import UNSAID_SECONDS, Throttle
from tests.fakes.ticker import Ticker

HAIKU, SONNET = "claude-haiku-5-5", "claude-sonnet-5-5"
START = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def clock() -> Ticker:
    return Ticker(START)


@pytest.fixture
def worker(clock: Ticker) -> Callable[..., Throttle]:
    """``worker()``: a throttle with a connection of its own, as another process has it."""

    def make(queue: str = "one") -> Throttle:
        return Throttle(redis.Redis.from_url(settings.CELERY_BROKER_URL), queue, now=clock)

    return make


def headers(
    requests: int, *, limit: int = 60, tokens: int = 1_000, kind: str = "input"
) -> dict[str, str]:
    return {
        "requests-limit": str(limit),
        "requests-remaining": str(requests),
        f"{kind}-tokens-limit": "6000",
        f"{kind}-tokens-remaining": str(tokens),
        "requests-reset": "2026-11-24T00:01:00Z",
    }


def enter(throttle: Throttle, model: str, patience: float = 0.0) -> tuple[bool, float]:
    """Whether a call may be made, and in how many seconds it may."""
    return throttle.enter(model, patience=patience)[:2]


def test_without_anything_known_calls_go(worker: Callable[..., Throttle]) -> None:
    assert enter(worker(), HAIKU) == (True, 0.0)


def test_a_retry_after_holds_back_every_worker_on_the_key_and_model_until_then(
    worker: Callable[..., Throttle], clock: Ticker
) -> None:
    worker().slow_down(HAIKU, 30)
    assert enter(worker(), HAIKU) == (False, 30.0)
    assert enter(worker(), SONNET) == (True, 0.0)
    assert enter(worker("another key"), HAIKU) == (True, 0.0)
    clock.advance(29)
    assert enter(worker(), HAIKU) == (False, 1.0)
    clock.advance(1)
    assert enter(worker(), HAIKU) == (True, 0.0)


def test_the_longest_wait_asked_for_stands(worker: Callable[..., Throttle]) -> None:
    worker().slow_down(HAIKU, 30)
    worker().slow_down(HAIKU, 3)
    assert enter(worker(), HAIKU) == (False, 30.0)


def test_a_429_that_does_not_say_how_long_is_given_a_moment(
    worker: Callable[..., Throttle],
) -> None:
    worker().slow_down(HAIKU, None)
    assert enter(worker(), HAIKU) == (False, UNSAID_SECONDS)


def test_what_remains_is_shared_and_flows_back(
    worker: Callable[..., Throttle], clock: Ticker
) -> None:
    worker().learn(HAIKU, headers(2))
    assert [enter(worker(), HAIKU)[0] for _ in range(3)] == [True, True, False]
    assert enter(worker(), HAIKU) == (False, 1.0)  # 60 a minute
    clock.advance(1)
    assert [enter(worker(), HAIKU)[0] for _ in range(2)] == [True, False]


def test_who_waits_takes_a_place_and_they_leave_one_after_another(
    worker: Callable[..., Throttle],
) -> None:
    worker().learn(HAIKU, headers(0))
    entered = [enter(worker(), HAIKU, patience=2.0) for _ in range(3)]
    assert entered == [(True, 1.0), (True, 2.0), (False, 3.0)]


def test_a_reply_overtaken_by_another_gives_nothing_back(
    worker: Callable[..., Throttle],
) -> None:
    worker().learn(HAIKU, headers(1))
    worker().learn(HAIKU, headers(40))
    assert [enter(worker(), HAIKU)[0] for _ in range(2)] == [True, False]


@pytest.mark.parametrize("kind", ["input", "output"])
def test_tokens_are_counted_at_the_mean_of_what_calls_took(
    worker: Callable[..., Throttle], kind: str
) -> None:
    took = Tokens(input=300, cache_write_5m=100, cache_read=9_000, output=400)
    worker().learn(HAIKU, headers(60, tokens=1_000, kind=kind), took)
    entered = [enter(worker(), HAIKU) for _ in range(3)]
    assert entered == [(True, 0.0), (True, 0.0), (False, 2.0)]  # 200 short, 100 a second


def test_a_key_beside_it_is_looked_up_on_the_way(worker: Callable[..., Throttle]) -> None:
    client = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    client.delete("beside")
    assert worker().enter(HAIKU, beside="beside") == (True, 0.0, False)
    client.set("beside", "1", ex=60)
    assert worker().enter(HAIKU, beside="beside") == (True, 0.0, True)
    worker().slow_down(HAIKU, 30)
    assert worker().enter(HAIKU, beside="beside") == (False, 30.0, True)


def test_headers_that_cannot_be_read_are_left(worker: Callable[..., Throttle]) -> None:
    worker().learn(HAIKU, {"requests-limit": "many", "requests-remaining": "0"})
    worker().learn(HAIKU, {"requests-limit": "60", "requests-remaining": "\N{SUPERSCRIPT TWO}"})
    worker().learn(HAIKU, {"requests-limit": "60"})
    assert enter(worker(), HAIKU) == (True, 0.0)


def test_without_redis_calls_go_and_nothing_is_raised(caplog: pytest.LogCaptureFixture) -> None:
    nowhere = Throttle(redis.Redis.from_url("redis://127.0.0.1:1"), "one")
    nowhere.slow_down(HAIKU, 30)
    nowhere.learn(HAIKU, headers(0))
    assert nowhere.enter(HAIKU, beside="a key") == (True, 0.0, True)
    assert "Calls go unthrottled: ConnectionError" in caplog.text


def test_what_redis_forgets_is_learnt_again(worker: Callable[..., Throttle]) -> None:
    worker().learn(HAIKU, headers(0))
    redis.Redis.from_url(settings.CELERY_BROKER_URL).flushdb()
    assert enter(worker(), HAIKU) == (True, 0.0)
    worker().learn(HAIKU, headers(0))
    assert enter(worker(), HAIKU) == (False, 1.0)


def test_redis_own_clock_is_the_one_that_counts(clock: Ticker) -> None:
    throttle = Throttle(redis.Redis.from_url(settings.CELERY_BROKER_URL), "one")
    throttle.slow_down(HAIKU, 30)
    free, wait = enter(throttle, HAIKU)
    assert not free
    assert 25 < wait <= 30
