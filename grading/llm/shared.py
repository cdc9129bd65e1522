"""What is shared through Redis is timed by one clock: Redis's own, unless a test brings another."""

from collections.abc import Callable
from typing import Final

Clock = Callable[[], float]

# The beginning of every script: `now` in seconds, from the first argument or from Redis.
SHARED_TIME: Final = """
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) + tonumber(time[2]) / 1000000
end
"""


def moment(now: Clock | None) -> str:
    """The first argument of a script."""
    return "" if now is None else repr(now())
