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
SHORT = 2  # seconds that a lease is left with before a round


class World:
    """A keeper of leases, and what is to be seen of them."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.now = 1000.0
        self.known = Prefixes(redis, lambda: self.now)
        self.rounds = Rounds()
        self.keeper = Keeper(self.rounds.sleep)

    def left_after_a_round(self, *prefixes: Prefix) -> list[int]:
        """Seconds, to the nearest one, of what had little left."""
        for prefix in prefixes:
            self.redis.pexpire(f"viva:prefix:{prefix.digest}", SHORT * 1000)
        self.rounds.pass_one()
        return [round(self.redis.pttl(f"viva:prefix:{row.digest}") / 1000) for row in prefixes]


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
        assert world.left_after_a_round(HOUR, MINUTES) == [LEASE_SECONDS] * 2
        assert world.left_after_a_round(HOUR, MINUTES) == [LEASE_SECONDS] * 2
    assert set(world.rounds.slept) == {RENEW_SECONDS}


def test_a_lease_may_miss_a_renewal() -> None:
    assert 2 * RENEW_SECONDS < LEASE_SECONDS


def test_one_thread_keeps_all_leases_and_ends_when_there_are_none(world: World) -> None:
    known, kept = world.known, world.keeper.kept
    known.open(HOUR, "one")
    known.open(MINUTES, "two")
    with kept(known, [HOUR], "one"), kept(known, [MINUTES], "two"):
        assert world.left_after_a_round(HOUR, MINUTES) == [LEASE_SECONDS] * 2
    world.rounds.pass_last()
    (thread,) = world.rounds.threads
    assert not thread.is_alive()
    with kept(known, [HOUR], "one"):
        assert world.left_after_a_round(HOUR) == [LEASE_SECONDS]
    assert len(world.rounds.threads) == 2


def test_who_has_left_renews_nothing(world: World) -> None:
    known, kept = world.known, world.keeper.kept
    known.open(HOUR, "one")
    known.open(MINUTES, "two")
    with kept(known, [HOUR], "one"):
        with pytest.raises(ZeroDivisionError), kept(known, [MINUTES], "two"):
            raise ZeroDivisionError
        assert world.left_after_a_round(HOUR, MINUTES) == [LEASE_SECONDS, SHORT]


def test_a_lease_that_somebody_else_took_is_left_to_them(world: World) -> None:
    world.known.open(HOUR, "one")
    with world.keeper.kept(world.known, [HOUR], "one"):
        world.redis.delete(f"viva:prefix:{HOUR.digest}")
        world.rounds.pass_one()
        assert world.known.states(HOUR) == [State.COLD]
        world.known.open(HOUR, "two")
        assert world.left_after_a_round(HOUR) == [SHORT]


def test_a_call_that_never_ends_does_not_keep_its_lease_for_ever(world: World) -> None:
    world.known.open(HOUR, "one")
    with world.keeper.kept(world.known, [HOUR], "one"):
        world.now += CALL_SECONDS
        assert world.left_after_a_round(HOUR) == [SHORT]


def test_when_redis_is_away_for_a_round_the_next_one_renews(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_: object) -> None:
        raise RedisError

    world.known.open(HOUR, "one")
    with world.keeper.kept(world.known, [HOUR], "one"):
        with monkeypatch.context() as patch:
            patch.setattr(Prefixes, "renew", away)
            assert world.left_after_a_round(HOUR) == [SHORT]
        assert world.left_after_a_round(HOUR) == [LEASE_SECONDS]
    told = [row.getMessage() for row in caplog.records if row.levelno == logging.WARNING]
    assert told == ["Leases were not renewed: RedisError"]


def test_who_leads_nothing_needs_no_thread(world: World) -> None:
    before = threading.active_count()
    with world.keeper.kept(world.known, (), "one"):
        assert threading.active_count() == before
