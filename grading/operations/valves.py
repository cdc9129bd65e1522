"""What all workers on one API key share: the throttle and the breaker."""

from datetime import datetime
from functools import cache

from django.conf import settings
from django.utils import timezone
from redis import Redis

from grading.llm.breaker import Breaker
from grading.llm.throttle import Throttle
from grading.queries.queue import queue_name


def throttle() -> Throttle:
    return _throttle(settings.CELERY_BROKER_URL, queue_name())


def breaker() -> Breaker:
    return _breaker(settings.CELERY_BROKER_URL, queue_name())


def now() -> datetime:
    return timezone.now()


def connect() -> Redis:
    return _connect(settings.CELERY_BROKER_URL)


@cache
def _connect(url: str) -> Redis:
    """One pool a process. A server that hangs must not hold up calls for long."""
    return Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)


@cache
def _throttle(url: str, queue: str) -> Throttle:
    return Throttle(_connect(url), queue)


@cache
def _breaker(url: str, queue: str) -> Breaker:
    return Breaker(_connect(url), queue)
