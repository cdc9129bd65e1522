"""Lives and states of prefixes, in a real Valkey."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings
from redis import Redis

from grading.llm.calls import Block, Request, Tokens
from grading.llm.prefixes import (
    LEASE_SECONDS,
    MARGIN_SECONDS,
    Prefix,
    Prefixes,
    State,
    prefixes_of,
    was_missed,
)

REQUEST = Request(
    model="claude-haiku-5-5",
    system=(Block("Instructions."), Block("Question.")),
    user="Answer.",
    max_tokens=100,
    schema={"type": "object"},
)
LIVES = ("1h", "5m")
HOUR, MINUTES = prefixes_of(REQUEST, LIVES, whose="a key", without=())


@pytest.fixture
def redis() -> Iterator[Redis]:
    with Redis.from_url(settings.CELERY_BROKER_URL, decode_responses=True) as client:
        for key in client.scan_iter("viva:prefix:*"):
            client.delete(key)
        yield client


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def known(redis: Redis, clock: Clock) -> Prefixes:
    return Prefixes(redis, clock)


def left(redis: Redis, prefix: Prefix) -> float:
    """Seconds, to the nearest one."""
    return round(redis.pttl(f"viva:prefix:{prefix.digest}") / 1000)


def digests(request: Request = REQUEST, whose: str = "a key") -> list[str]:
    return [row.digest for row in prefixes_of(request, LIVES, whose=whose, without=())]


def test_a_prefix_is_named_by_every_byte_before_its_end_and_by_nothing_after() -> None:
    same = replace(REQUEST, user="Another answer.", max_tokens=900, user_id="someone")
    assert digests(same) == digests()
    other = replace(REQUEST, system=(REQUEST.system[0], Block("Another question.")))
    assert [a == b for a, b in zip(digests(other), digests(), strict=True)] == [True, False]


@pytest.mark.parametrize(
    "changed",
    [
        replace(REQUEST, model="claude-sonnet-5-5"),
        replace(REQUEST, effort="high"),
        replace(REQUEST, schema={"type": "array"}),
        replace(REQUEST, system=(Block("Instructions!"), REQUEST.system[1])),
    ],
)
def test_model_effort_format_and_instructions_are_part_of_every_prefix(changed: Request) -> None:
    assert not set(digests(changed)) & set(digests())


def test_another_key_has_another_cache() -> None:
    assert not set(digests(whose="another key")) & set(digests())


def test_one_opens_a_cold_prefix_and_all_others_find_it_opening(
    redis: Redis, known: Prefixes
) -> None:
    assert known.states(HOUR, MINUTES) == [State.COLD, State.COLD]
    assert [known.open(HOUR, "one"), known.open(HOUR, "two")] == [True, False]
    assert known.states(HOUR, MINUTES) == [State.OPENING, State.COLD]
    assert left(redis, HOUR) == LEASE_SECONDS


def test_a_life_is_counted_from_the_start_of_the_request_with_a_margin(
    redis: Redis, known: Prefixes, clock: Clock
) -> None:
    known.open(MINUTES, "one")
    started, clock.now = clock.now, clock.now + 40
    known.begun(MINUTES, started)
    assert known.states(MINUTES) == [State.WARM]
    assert left(redis, MINUTES) == 300 - 40 - MARGIN_SECONDS


def test_reading_renews_a_life_and_never_shortens_it(
    redis: Redis, known: Prefixes, clock: Clock
) -> None:
    early, late = clock.now, clock.now + 100
    clock.now = late
    known.begun(MINUTES, early)
    assert left(redis, MINUTES) == 200 - MARGIN_SECONDS
    known.note("hits", (HOUR, MINUTES), MINUTES, started=late, model="m", about="rubric 1")
    known.note("hits", (HOUR, MINUTES), MINUTES, started=early, model="m", about="rubric 1")
    assert left(redis, MINUTES) == 300 - MARGIN_SECONDS
    assert left(redis, HOUR) == 3600 - MARGIN_SECONDS


def test_reading_leaves_alone_what_another_opens(known: Prefixes, clock: Clock) -> None:
    known.open(MINUTES, "one")
    known.note("hits", (MINUTES,), MINUTES, started=clock.now, model="m", about="")
    assert known.states(MINUTES) == [State.OPENING]


def test_who_opens_prefixes_can_renew_their_leases(redis: Redis, known: Prefixes) -> None:
    for prefix in (HOUR, MINUTES):
        known.open(prefix, "one")
        redis.pexpire(f"viva:prefix:{prefix.digest}", 2_000)
    known.renew((HOUR, MINUTES), "one")
    assert [left(redis, prefix) for prefix in (HOUR, MINUTES)] == [LEASE_SECONDS] * 2


def test_a_lease_that_is_somebody_elses_or_over_is_not_renewed(
    redis: Redis, known: Prefixes
) -> None:
    known.open(HOUR, "two")
    redis.pexpire(f"viva:prefix:{HOUR.digest}", 2_000)
    known.renew((HOUR, MINUTES), "one")
    assert left(redis, HOUR) == 2
    assert known.states(HOUR, MINUTES) == [State.OPENING, State.COLD]
    assert redis.get(f"viva:prefix:{HOUR.digest}") == "two"


def test_what_can_be_read_is_not_taken_for_a_lease(
    redis: Redis, known: Prefixes, clock: Clock
) -> None:
    known.open(MINUTES, "one")
    known.begun(MINUTES, clock.now)
    known.renew((MINUTES,), "one")
    assert known.states(MINUTES) == [State.WARM]
    assert left(redis, MINUTES) == 300 - MARGIN_SECONDS


def test_only_who_opens_a_prefix_can_abandon_it(known: Prefixes) -> None:
    known.open(MINUTES, "one")
    known.abandon(MINUTES, "two")
    assert known.states(MINUTES) == [State.OPENING]
    known.abandon(MINUTES, "one")
    assert known.states(MINUTES) == [State.COLD]


def test_what_was_missed_is_cold_again_unless_somebody_opens_it_already(
    known: Prefixes, clock: Clock
) -> None:
    known.begun(MINUTES, clock.now)
    known.forget(MINUTES)
    assert known.states(MINUTES) == [State.COLD]
    known.open(MINUTES, "one")
    known.forget(MINUTES)
    assert known.states(MINUTES) == [State.OPENING]


def test_what_the_server_did_not_keep_is_soon_tried_again(redis: Redis, known: Prefixes) -> None:
    """It may keep it the next time: until then every answer pays for all of its prompt."""
    for prefix in (HOUR, MINUTES):
        known.flatten(prefix)
    assert known.states(HOUR, MINUTES) == [State.FLAT, State.FLAT]
    assert [left(redis, prefix) for prefix in (HOUR, MINUTES)] == [300, 300]


def test_parked_rows_are_handed_out_once(known: Prefixes) -> None:
    for row in (3, 5):
        known.park(MINUTES, row)
    assert [known.unpark(MINUTES), known.unpark(MINUTES)] == [[3, 5], []]


@pytest.mark.parametrize(
    ("tokens", "missed"),
    [
        (Tokens(input=9, cache_read=2700), False),
        (Tokens(input=9, cache_read=1500, cache_write_5m=1200), True),
        (Tokens(input=2709), True),
    ],
)
def test_a_follower_missed_what_it_wrote_again_or_read_nothing(
    tokens: Tokens, missed: bool
) -> None:
    assert was_missed(tokens) is missed
