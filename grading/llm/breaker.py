"""A circuit breaker that all workers and hosts share through Redis.

Closed, calls go. After a run of failures that are the server's, or one that no retry mends, it is
open and none goes. When its time is over one call is let through: if that works it closes, if not
it stays open for twice as long. What Redis forgets is a closed breaker.
"""

import logging
from collections.abc import Callable
from typing import Any, Final

import redis

from grading.llm.shared import SHARED_TIME, Clock, moment

logger = logging.getLogger(__name__)

RUN: Final = 8  # failures with no success between them, over all workers
FIRST_SECONDS: Final = 10.0
LONGEST_SECONDS: Final = 300.0
CONFIGURED_SECONDS: Final = 60.0  # how long it opens at once for what a person has to mend
PROBE_SECONDS: Final = 100.0  # a call that was let through to see is lost after so long
KEPT_SECONDS: Final = 900

_ENTER: Final = (
    SHARED_TIME
    + """
local until_ = tonumber(redis.call('HGET', KEYS[1], 'open_until'))
if not until_ then return {1, '0'} end
if now < until_ then return {0, tostring(until_ - now)} end
local probe = tonumber(redis.call('HGET', KEYS[1], 'probe_until'))
if probe and now < probe then return {0, tostring(math.min(probe - now, tonumber(ARGV[3])))} end
redis.call('HSET', KEYS[1], 'probe_until', now + tonumber(ARGV[2]))
return {1, '0'}
"""
)
# Calls that were under way when it opened say nothing new.
_FAILED: Final = (
    SHARED_TIME
    + """
local at_once, run, first, longest = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]),
  tonumber(ARGV[5])
local until_ = tonumber(redis.call('HGET', KEYS[1], 'open_until'))
if until_ and now < until_ then return 0 end
local failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
redis.call('EXPIRE', KEYS[1], ARGV[6])
if at_once == 0 and not until_ and failures < run then return 0 end
local wait = at_once
if at_once == 0 then
  wait = math.min(longest, first * 2 ^ (redis.call('HINCRBY', KEYS[1], 'opened', 1) - 1))
end
redis.call('HSET', KEYS[1], 'open_until', now + wait)
redis.call('HDEL', KEYS[1], 'probe_until')
return 1
"""
)


class Breaker:
    """The breaker of one ``account``, an opaque word for a key and its server; one a model.

    ``now`` is in seconds and stands in for Redis's own clock, which all hosts share.
    """

    def __init__(self, client: "redis.Redis", account: str, *, now: Clock | None = None) -> None:
        self._account = account
        self._now = now
        self._client = client
        self._enter = client.register_script(_ENTER)
        self._failed = client.register_script(_FAILED)

    def enter(self, model: str) -> float:
        """Seconds to wait, 0 when a call may be made. Report how it ends: it may be the one that
        was let through to see."""
        found = self._run(self._enter, model, PROBE_SECONDS, FIRST_SECONDS)
        return 0.0 if not found or found[0] else float(found[1])

    def succeeded(self, model: str) -> None:
        """The server is there: whatever it said, it was no failure of its own."""
        try:
            self._client.delete(self.key(model))
        except redis.RedisError as error:
            logger.warning("The breaker was not told: %s", type(error).__name__)

    def failed(self, model: str, *, at_once: bool = False) -> bool:
        """Count a failure of the server's; ``at_once``, one that no retry mends. Whether this
        opened the breaker."""
        seconds = CONFIGURED_SECONDS if at_once else 0
        opened = self._run(
            self._failed, model, seconds, RUN, FIRST_SECONDS, LONGEST_SECONDS, KEPT_SECONDS
        )
        if opened:
            logger.error("Calls to %s are held back: they fail", model)
        return bool(opened)

    def close(self) -> None:
        """Let calls to every model go: a person says so."""
        try:
            keys = list(self._client.scan_iter(self.key("*"), count=500))
            if keys:
                self._client.delete(*keys)
        except redis.RedisError as error:
            logger.warning("The breaker was not told: %s", type(error).__name__)

    def key(self, model: str) -> str:
        """Where its state is; nothing is there while it is closed and nothing fails."""
        return f"viva:breaker:{self._account}:{model}"

    def _run(self, script: Callable[..., Any], model: str, *arguments: float) -> Any:
        try:
            return script(keys=[self.key(model)], args=[moment(self._now), *arguments])
        except redis.RedisError as error:
            logger.warning("The breaker was not asked: %s", type(error).__name__)
            return None
