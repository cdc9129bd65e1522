"""Who renews the leases of leaders, in a real Valkey, by a clock and rounds of the test's own."""

import logging
import threading
from collections.abc import Iterator

import pytest
from django.conf import settings
from redis import Redis, RedisError

from grading.llm.leases import RENEW_SECONDS, Keeper
from grading.llm.prefixes import CALL_SECONDS, LEASE_SECONDS, Prefix, Prefixes, State
from tests.grading.llm.rounds import Rounds

HOUR, MINUTES = Prefix("of-an-hour", 3600), Prefix("of-minutes", 300)
SHORT = LEASE_SECONDS / 2  # what a lease is left with before a round; none takes so long


class World:
    """A keeper of leases, and what is to be seen of them."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.now = 1000.0
        self.known = Prefixes(redis, lambda: self.now)
        self.rounds = Rounds()
        self.keeper = Keeper(self.rounds.sleep)

    def renewed_by_a_round(self, *prefixes: Prefix) -> list[bool]:
        """Whether each, which had less left, has more than half a lease left after it."""
        for prefix in prefixes:
            self.redis.pexpire(f"viva:prefix:{prefix.digest}", round(SHORT * 1000))
        self.rounds.pass_one()
        left = [self.redis.pttl(f"viva:prefix:{prefix.digest}") / 1000 for prefix in prefixes]
        assert all(0 < seconds <= LEASE_SECONDS for seconds in left)
        return [seconds > SHORT for seconds in left]


@pytest.fixture
def world() -> Iterator[World]:
    with Redis.from_url(settings.CELERY_BROKER_URL, decode_responses=True) as client:
        for key in client.scan_iter("viva:prefix:*"):
            client.delete(key)
        world = World(client)
        yield world
        world.rounds.end()


def test_a_leader_that_is_alive_keeps_its_leases(world: World) -> None:
    for prefix in (HOUR, MINUTES):
        world.known.open(prefix, "one")
    with world.keeper.kept(world.known, (HOUR, MINUTES), "one"):
        assert world.renewed_by_a_round(HOUR, MINUTES) == [True, True]
        assert world.renewed_by_a_round(HOUR, MINUTES) == [True, True]
    assert set(world.rounds.slept) == {RENEW_SECONDS}


def test_a_lease_may_miss_a_renewal() -> None:
    assert 2 * RENEW_SECONDS < LEASE_SECONDS


def test_one_thread_keeps_all_leases_and_ends_when_there_are_none(world: World) -> None:
    known, kept = world.known, world.keeper.kept
    known.open(HOUR, "one")
    known.open(MINUTES, "two")
    with kept(known, [HOUR], "one"), kept(known, [MINUTES], "two"):
        assert world.renewed_by_a_round(HOUR, MINUTES) == [True, True]
    world.rounds.pass_last()
    (thread,) = world.rounds.threads
    assert not thread.is_alive()
    with kept(known, [HOUR], "one"):
        assert world.renewed_by_a_round(HOUR) == [True]
    assert len(world.rounds.threads) == 2


def test_who_has_left_renews_nothing(world: World) -> None:
    known, kept = world.known, world.keeper.kept
    known.open(HOUR, "one")
    known.open(MINUTES, "two")
    with kept(known, [HOUR], "one"):
        with pytest.raises(ZeroDivisionError), kept(known, [MINUTES], "two"):
            raise ZeroDivisionError
        assert world.renewed_by_a_round(HOUR, MINUTES) == [True, False]


def test_a_lease_that_somebody_else_took_is_left_to_them(world: World) -> None:
    world.known.open(HOUR, "one")
    with world.keeper.kept(world.known, [HOUR], "one"):
        world.redis.delete(f"viva:prefix:{HOUR.digest}")
        world.rounds.pass_one()
        assert world.known.states(HOUR) == [State.COLD]
        world.known.open(HOUR, "two")
        assert world.renewed_by_a_round(HOUR) == [False]


def test_a_call_that_never_ends_does_not_keep_its_lease_for_ever(world: World) -> None:
    world.known.open(HOUR, "one")
    with world.keeper.kept(world.known, [HOUR], "one"):
        world.now += CALL_SECONDS
        assert world.renewed_by_a_round(HOUR) == [False]


def test_when_redis_is_away_for_a_round_the_next_one_renews(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_: object) -> None:
        raise RedisError

    world.known.open(HOUR, "one")
    with world.keeper.kept(world.known, [HOUR], "one"):
        with monkeypatch.context() as patch:
            patch.setattr(Prefixes, "renew", away)
            assert world.renewed_by_a_round(HOUR) == [False]
        assert world.renewed_by_a_round(HOUR) == [True]
    told = [row.getMessage() for row in caplog.records if row.levelno == logging.WARNING]
    assert told == ["Leases were not renewed: RedisError"]


def test_who_leads_nothing_needs_no_thread(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(thread: threading.Thread) -> None:
        raise AssertionError

    monkeypatch.setattr(threading.Thread, "start", start)
    with world.keeper.kept(world.known, (), "one"):
        pass
