"""Which prefixes of prompts the cache holds now, who is writing one, and what came of reading it.

Kept in Redis, for all workers on all hosts. A prefix is cold (nobody knows of it), opening (one
request is writing it, under a lease), warm (readable, for its remaining life) or flat (the server
did not keep it when it was last tried). Losing all of this costs a second write of what is cached,
nothing else.
"""

import hashlib
import json
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final

from redis import Redis

from grading.llm.calls import Request, Tokens
from grading.llm.capabilities import parameters

NAMESPACE: Final = "viva:prefix:"
LIVES: Final = {"5m": 300.0, "1h": 3600.0}
MARGIN_SECONDS: Final = 15.0  # a request sent this late might still find it gone
LEASE_SECONDS: Final = 15.0  # of a leader whose process died: see grading.llm.leases
FLAT_SECONDS: Final = 300.0  # until it is tried again: a server may fail to keep something once
TALLY_SECONDS: Final = 86_400
PARKED_SECONDS: Final = 600
CALL_SECONDS: Final = 120  # longer than any call

# Count a request on its tally, the last key; extend the lives of what it read, the other keys. A
# life is extended whether it was known or not, never shortened, and an opening is left alone.
NOTE: Final = """
for i = 1, #KEYS - 1 do
  local is = redis.call('GET', KEYS[i])
  local left = tonumber(ARGV[4 + i])
  if left > 0 and (not is or is == 'warm') and redis.call('PTTL', KEYS[i]) < left then
    redis.call('SET', KEYS[i], 'warm', 'PX', left)
  end
end
local tally = KEYS[#KEYS]
redis.call('HINCRBY', tally, ARGV[1], 1)
if redis.call('HLEN', tally) == 1 or ARGV[1] ~= 'hits' then
  redis.call('HSET', tally, 'model', ARGV[2], 'about', ARGV[3])
end
redis.call('EXPIRE', tally, ARGV[4])
"""
RENEW: Final = """
for i = 1, #KEYS do
  if redis.call('GET', KEYS[i]) == ARGV[1] then
    redis.call('PEXPIRE', KEYS[i], ARGV[2])
  end
end
"""
SETTLE: Final = """
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
end
"""
TAKE_ALL: Final = """
local all = redis.call('LRANGE', KEYS[1], 0, -1)
redis.call('DEL', KEYS[1])
return all
"""


class State(StrEnum):
    COLD = "cold"
    OPENING = "opening"
    WARM = "warm"
    FLAT = "flat"


@dataclass(frozen=True, slots=True)
class Prefix:
    """A prompt up to the end of one block: `digest` names its exact bytes, model, settings and
    key; `life` is how long the cache keeps it, in seconds."""

    digest: str
    life: float


@dataclass(frozen=True, slots=True)
class Tally:
    """What followers of a prefix found in a day: `hits` read all of it, `misses` wrote some of it
    again or read nothing. `leaders` wrote it."""

    digest: str
    model: str
    about: str
    leaders: int = 0
    hits: int = 0
    misses: int = 0

    @property
    def hit_share(self) -> float | None:
        """0..1, None before anybody followed."""
        followers = self.hits + self.misses
        return self.hits / followers if followers else None


def prefixes_of(
    request: Request, lives: Sequence[str], *, whose: str, without: Collection[str]
) -> tuple[Prefix, ...]:
    """A prefix for each block of the system prompt, kept as long as `lives` says ("5m", "1h").

    `whose` names key and server; caches are not shared between them.
    """
    body = parameters(request, without)
    fixed = [whose, body["model"], body.get("thinking"), body.get("output_config")]
    texts = tuple(block.text for block in request.system)
    digests = _digests(json.dumps(fixed), texts)
    return tuple(Prefix(digest, LIVES[life]) for digest, life in zip(digests, lives, strict=True))


@lru_cache(maxsize=256)  # asked for by every answer to the same question
def _digests(fixed: str, texts: tuple[str, ...]) -> tuple[str, ...]:
    running = hashlib.sha256(fixed.encode())
    found = []
    for text in map(str.encode, texts):
        running.update(len(text).to_bytes(8, "big") + text)
        found.append(running.copy().hexdigest()[:32])
    return tuple(found)


class Prefixes:
    """The shared knowledge. Every method may raise `redis.RedisError`.

    The client decodes responses. `clock` gives seconds that only ever grow, and all moments here.
    """

    def __init__(self, redis: Redis, clock: Callable[[], float] = time.monotonic) -> None:
        self._redis = redis
        self._note = redis.register_script(NOTE)
        self.clock = clock

    def states(self, *prefixes: Prefix) -> list[State]:
        values = self._redis.mget([_key(prefix) for prefix in prefixes])
        return [_state(value) for value in values]

    def open(self, prefix: Prefix, token: str) -> bool:
        """Become the one who writes it; False when somebody else is, or has."""
        return bool(self._redis.set(_key(prefix), token, nx=True, px=_lease()))

    def renew(self, prefixes: Sequence[Prefix], token: str) -> None:
        """A lease from now on those that the token still opens; the others are left alone."""
        keys = [_key(prefix) for prefix in prefixes]
        self._redis.eval(RENEW, len(keys), *keys, token, _lease())

    def begun(self, prefix: Prefix, started: float) -> None:
        """The request that writes it was sent at `started`, and its response has begun."""
        if (left := self._left(prefix, started)) > 0:
            self._redis.set(_key(prefix), State.WARM.value, px=left)

    def abandon(self, prefix: Prefix, token: str) -> None:
        """Its writer failed before the response had begun: the next one may try."""
        self._redis.eval(SETTLE, 1, _key(prefix), token)

    def flatten(self, prefix: Prefix) -> None:
        """The server kept nothing of it: there is nothing to wait for, for a while."""
        self._redis.set(_key(prefix), State.FLAT.value, px=round(FLAT_SECONDS * 1000))

    def forget(self, prefix: Prefix) -> None:
        """A follower did not find it."""
        self._redis.eval(SETTLE, 1, _key(prefix), State.WARM.value)

    def _left(self, prefix: Prefix, started: float) -> int:
        """Milliseconds; a life is counted from the request's start."""
        return round((prefix.life - MARGIN_SECONDS - (self.clock() - started)) * 1000)

    def park(self, prefix: Prefix, waiting: int) -> None:
        """Have the row `waiting` announced when the prefix begins to be readable."""
        key = f"{_key(prefix)}:parked"
        with self._redis.pipeline() as pipeline:
            pipeline.rpush(key, waiting)
            pipeline.expire(key, PARKED_SECONDS)
            pipeline.execute()

    def unpark(self, prefix: Prefix) -> list[int]:
        """All rows that were parked, once."""
        return [int(row) for row in self._redis.eval(TAKE_ALL, 1, f"{_key(prefix)}:parked")]

    def go_alone(self, prefix: Prefix, row: int) -> None:
        """The row is sent without leaving the prefix in the cache."""
        key = f"{_key(prefix)}:alone"
        with self._redis.pipeline() as pipeline:
            pipeline.sadd(key, row)
            pipeline.expire(key, CALL_SECONDS)
            pipeline.execute()

    def come_back(self, prefix: Prefix, row: int) -> None:
        """What was sent alone has its reply."""
        self._redis.srem(f"{_key(prefix)}:alone", row)

    def alone(self, prefix: Prefix) -> set[int]:
        """The rows that are out alone."""
        return {int(row) for row in self._redis.smembers(f"{_key(prefix)}:alone")}

    def note(
        self,
        what: str,
        read: Sequence[Prefix],
        last: Prefix,
        *,
        started: float,
        model: str,
        about: str,
    ) -> None:
        """Count one of "leaders", "hits", "misses" for the `last` prefix of a request. Those that
        it `read`, sent at `started`, have their lives renewed."""
        keys = [*map(_key, read), f"{NAMESPACE}tally:{last.digest}"]
        lives = [self._left(prefix, started) for prefix in read]
        self._note(keys=keys, args=[what, model, about, TALLY_SECONDS, *lives])

    def tallies(self) -> list[Tally]:
        """Of every prefix used in a day, the most used first."""
        found = []
        for key in self._redis.scan_iter(f"{NAMESPACE}tally:*", count=500):
            row = {str(name): str(value) for name, value in self._redis.hgetall(key).items()}
            counts = {name: int(row.get(name, 0)) for name in ("leaders", "hits", "misses")}
            digest = str(key).rpartition(":")[2]
            found.append(Tally(digest, row.get("model", ""), row.get("about", ""), **counts))
        return sorted(found, key=lambda tally: (-tally.hits - tally.misses, tally.digest))


def was_missed(tokens: Tokens) -> bool:
    """Whether a follower wrote anything again, or read nothing."""
    return tokens.cache_write > 0 or tokens.cache_read == 0


def _key(prefix: Prefix) -> str:
    return f"{NAMESPACE}{prefix.digest}"


def _lease() -> int:
    """Milliseconds."""
    return round(LEASE_SECONDS * 1000)


def _state(value: object) -> State:
    match value:
        case None:
            return State.COLD
        case "warm":
            return State.WARM
        case "flat":
            return State.FLAT
        case _:
            return State.OPENING
