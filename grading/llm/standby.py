"""Threads of one process that wait for the same prefix: one of them looks, all are woken."""

import threading
from typing import Final

from grading.llm.prefixes import Prefix, Prefixes, State

LOOK_SECONDS: Final = 0.04


class _Place:
    """Where the threads stand that wait for one prefix."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.standing = 0
        self.watched = False


_places: dict[str, _Place] = {}
_lock = threading.Lock()


def stand_by(prefixes: Prefixes, prefix: Prefix, until: float) -> None:
    """Return when the prefix is no longer being opened, or soon after `until`, or a little early:
    the caller looks again in any case. May raise `redis.RedisError`."""
    with _lock:
        place = _places.setdefault(prefix.digest, _Place())
        place.standing += 1
    try:
        with place.changed:
            if place.watched:
                place.changed.wait(max(0.0, until - prefixes.clock()))
                return
            place.watched = True
        try:
            _watch(prefixes, prefix, place, until)
        finally:
            with place.changed:
                place.watched = False
                place.changed.notify_all()
    finally:
        with _lock:
            place.standing -= 1
            if not place.standing:
                _places.pop(prefix.digest, None)


def _watch(prefixes: Prefixes, prefix: Prefix, place: _Place, until: float) -> None:
    while prefixes.states(prefix) == [State.OPENING] and prefixes.clock() < until:
        with place.changed:
            if place.changed.wait(LOOK_SECONDS):
                return


def wake(prefix: Prefix) -> None:
    """Something has changed: let everyone who stands by here look again at once."""
    place = _places.get(prefix.digest)
    if place is not None:
        with place.changed:
            place.changed.notify_all()


def standing(prefix: Prefix) -> int:
    """How many threads of this process wait for it."""
    place = _places.get(prefix.digest)
    return place.standing if place else 0
