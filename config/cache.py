"""Django's cache in Valkey. While that is away the site goes on as if nothing had been cached: rate
limits are not counted, and nothing that is kept for a while is found.

All threads of a process know whether it is there, so that it is not said, nor waited for, with each
request.
"""

import logging
import time
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any, Final

import redis
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.redis import RedisCache

logger = logging.getLogger(__name__)

AWAY_SECONDS: Final = 5.0  # so long nobody asks again: each try may take the connection's timeout
AWAY: Final = "The cache is away, and rate limits are not counted:"
BACK: Final = "The cache is back"

now: Callable[[], float] = time.monotonic
_lock = Lock()
_asked_again_at: dict[str, float] = {}  # by the server's address; those that are away


def _or_nothing(name: str) -> Any:
    """The cache's method, and the one of a cache that keeps nothing while Valkey is away."""
    ask, do_without = getattr(RedisCache, name), getattr(DummyCache, name)

    @wraps(ask)
    def method(self: "FailOpenCache", *args: Any, **kwargs: Any) -> Any:
        if now() < _asked_again_at.get(self.address, 0.0):
            return do_without(self, *args, **kwargs)
        try:
            found = ask(self, *args, **kwargs)
        except redis.RedisError as error:
            self.is_away(error)
            return do_without(self, *args, **kwargs)
        self.is_there()
        return found

    return method


class FailOpenCache(RedisCache):
    """Raises nothing where the server does not answer, or not as it should, as when it is full.
    ``clear`` does: people ask for it by hand, and it must not seem done."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.address = server

    add = _or_nothing("add")
    get = _or_nothing("get")
    set = _or_nothing("set")
    touch = _or_nothing("touch")
    delete = _or_nothing("delete")
    get_many = _or_nothing("get_many")
    has_key = _or_nothing("has_key")
    incr = _or_nothing("incr")
    set_many = _or_nothing("set_many")
    delete_many = _or_nothing("delete_many")

    def is_away(self, error: redis.RedisError) -> None:
        with _lock:
            is_news = self.address not in _asked_again_at
            _asked_again_at[self.address] = now() + AWAY_SECONDS
        if is_news:
            logger.error("%s %s", AWAY, type(error).__name__)

    def is_there(self) -> None:
        if self.address in _asked_again_at:  # hardly ever
            with _lock:
                is_news = _asked_again_at.pop(self.address, None) is not None
            if is_news:
                logger.warning(BACK)
