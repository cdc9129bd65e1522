"""Feedback is shown while it is written. It passes through the cache and may be lost."""

import logging
from collections.abc import Callable
from typing import Final

from django.core.cache import cache

from grading.grader.material import Material
from grading.judges.writing import Writing
from grading.models import Grade
from grading.queries.writing import key_of, watch_key_of

logger = logging.getLogger(__name__)

WATCHED_SECONDS: Final = 3_600  # whoever waits longer has left
KEPT_SECONDS: Final = 300


def watch(*, grade_id: int) -> None:
    """Note that somebody waits for this grade."""
    _try(lambda: cache.set(watch_key_of(grade_id), 1, WATCHED_SECONDS))


def writing_for(grade: Grade, material: Material) -> Writing | None:
    """What to tell of a reply to this answer while it comes in; None when nobody waits for it.

    What an earlier try left is taken back.
    """
    watched, told = watch_key_of(grade.pk), key_of(grade.pk)
    found: dict[str, object] = {}
    _try(lambda: found.update(cache.get_many([watched, told])))
    if watched not in found:
        return None
    if told in found:
        publish(grade=grade, text="")
    return Writing(material, publish=lambda text: publish(grade=grade, text=text))


def publish(*, grade: Grade, text: str) -> None:
    """Let the waiting page see the feedback so far; an empty one takes it back."""
    _try(lambda: cache.set(key_of(grade.pk), text, KEPT_SECONDS))


def _try(act: Callable[[], object]) -> None:
    try:
        act()
    except Exception as error:  # noqa: BLE001 - whatever the cache's client raises, grading goes on
        logger.warning("Feedback is not shown while it is written: %s", type(error).__name__)
