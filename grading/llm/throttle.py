"""How fast calls may go, agreed on by all workers and hosts through Redis.

A token bucket a model for requests and for each kind of token, filled by what the rate-limit
headers say, and a moment before which nobody calls, set by ``retry-after``. What Redis forgets is
learnt again from the next reply; without Redis calls go ahead, and the server says when to stop.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

import redis

from grading.llm.calls import Tokens
from grading.llm.shared import SHARED_TIME, Clock, moment

logger = logging.getLogger(__name__)

UNSAID_SECONDS: Final = 5.0  # how long to slow down when a 429 does not say
KEPT_SECONDS: Final = 3600
BUCKETS: Final = ("requests", "input-tokens", "output-tokens")

# A bucket flows back steadily, its whole limit in a minute. A call takes one request and the
# running mean of the tokens that calls took; who has to wait no longer than their patience takes
# their place now, so that those who wait leave one after another and not all at once.
_ENTER: Final = (
    SHARED_TIME
    + """
local patience, wait, after = tonumber(ARGV[2]), 0, {}
local known = {}
local flat = redis.call('HGETALL', KEYS[1])
for i = 1, #flat, 2 do known[flat[i]] = tonumber(flat[i + 1]) end
if known['not_before'] then wait = math.max(wait, known['not_before'] - now) end
for i = 3, #ARGV do
  local limit = known[ARGV[i] .. ':limit']
  if limit and limit > 0 then
    local level = math.min(limit,
      known[ARGV[i] .. ':level'] + (now - known[ARGV[i] .. ':at']) * limit / 60)
    local left = level - math.min(known[ARGV[i] .. ':take'] or 1, limit)
    if left < 0 then wait = math.max(wait, -left * 60 / limit) end
    after[ARGV[i]] = left
  end
end
local beside = KEYS[2] and redis.call('EXISTS', KEYS[2]) or 0
if wait > patience then return {0, tostring(wait), beside} end
for name, left in pairs(after) do
  redis.call('HSET', KEYS[1], name .. ':level', left, name .. ':at', now)
end
return {1, tostring(wait), beside}
"""
)
# Replies overtake each other, so a header never raises a level: time does.
_LEARN: Final = (
    SHARED_TIME
    + """
for i = 3, #ARGV, 4 do
  local name, limit, remaining, took = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]),
    tonumber(ARGV[i + 3])
  local level = tonumber(redis.call('HGET', KEYS[1], name .. ':level'))
  if level then
    level = level + (now - tonumber(redis.call('HGET', KEYS[1], name .. ':at'))) * limit / 60
  end
  local take = tonumber(redis.call('HGET', KEYS[1], name .. ':take'))
  if took >= 0 then
    take = take and (0.8 * take + 0.2 * took) or took
    redis.call('HSET', KEYS[1], name .. ':take', take)
  end
  redis.call('HSET', KEYS[1], name .. ':limit', limit, name .. ':at', now,
    name .. ':level', math.min(level or remaining, remaining, limit))
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
if KEYS[2] then redis.call('DEL', KEYS[2]) end
"""
)
_SLOW: Final = (
    SHARED_TIME
    + """
local before = tonumber(redis.call('HGET', KEYS[1], 'not_before')) or 0
redis.call('HSET', KEYS[1], 'not_before', math.max(before, now + tonumber(ARGV[2])))
redis.call('EXPIRE', KEYS[1], math.ceil(tonumber(ARGV[2])) + tonumber(ARGV[3]))
"""
)


class Throttle:
    """The pace on one ``account``: an opaque word for a key and its server.

    ``now`` is in seconds and stands in for Redis's own clock, which all hosts share.
    """

    def __init__(self, client: "redis.Redis", account: str, *, now: Clock | None = None) -> None:
        self._account = account
        self._now = now
        self._client = client
        self._enter = client.register_script(_ENTER)
        self._learn = client.register_script(_LEARN)
        self._slow = client.register_script(_SLOW)

    def enter(
        self, model: str, *, beside: str | None = None, patience: float = 0.0
    ) -> tuple[bool, float, bool]:
        """Whether a call may be made, in how many seconds it may, and whether there is anything at
        the key ``beside`` of Redis: all in one round trip.

        When it may, its place is taken, and the wait is no longer than ``patience``. Something may
        be at the key when Redis does not say.
        """
        found = self._run(self._enter, model, patience, *BUCKETS, beside=beside)
        return (bool(found[0]), float(found[1]), bool(found[2])) if found else (True, 0.0, True)

    def learn(
        self,
        model: str,
        limits: Mapping[str, str],
        tokens: Tokens | None = None,
        *,
        clear: str | None = None,
    ) -> bool:
        """Take in the rate-limit headers of a reply, and what it took. Unreadable ones are left.

        The key to `clear` is deleted in the same round trip, if there is one; whether there was.
        """
        took = {"requests": 1.0}
        if tokens is not None:
            # tokens read from the cache do not count
            took["input-tokens"] = tokens.input + tokens.cache_write
            took["output-tokens"] = tokens.output
        rows: list[float | str] = []
        for name in BUCKETS:
            limit, remaining = limits.get(f"{name}-limit"), limits.get(f"{name}-remaining")
            if limit and remaining and limit.isdecimal() and remaining.isdecimal():
                rows += [name, int(limit), int(remaining), took.get(name, -1)]
        if rows:
            self._run(self._learn, model, KEPT_SECONDS, *rows, beside=clear)
        return bool(rows)

    def slow_down(self, model: str, seconds: float | None) -> None:
        """Nobody calls for so long: what a 429 asked for."""
        wait = UNSAID_SECONDS if seconds is None else seconds
        self._run(self._slow, model, wait, KEPT_SECONDS)

    def _run(
        self,
        script: Callable[..., Any],
        model: str,
        *arguments: float | str,
        beside: str | None = None,
    ) -> Any:
        keys = [f"viva:throttle:{self._account}:{model}", *([beside] if beside else [])]
        try:
            return script(keys=keys, args=[moment(self._now), *arguments])
        except redis.RedisError as error:
            logger.warning("Calls go unthrottled: %s", type(error).__name__)
            return None
