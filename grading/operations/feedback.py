"""Feedback is shown while it is written. It passes through the cache and may be lost."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.core.cache import cache
from django.utils import timezone

from grading.grader.material import Material
from grading.judges.writing import Writing
from grading.models import Grade
from grading.queries.writing import key_of

logger = logging.getLogger(__name__)

WATCHED_FOR: Final = timedelta(hours=1)  # whoever waits longer has left
KEPT_SECONDS: Final = 300


def writing_for(grade: Grade, material: Material) -> Writing | None:
    """What to tell of a reply to this answer while it comes in; None when nobody waits for it.

    What an earlier try left is taken back.
    """
    if not is_watched(grade):
        return None
    _try(lambda: cache.delete(key_of(grade.pk)))
    return Writing(material, publish=lambda text: publish(grade=grade, text=text))


def is_watched(grade: Grade) -> bool:
    """Whether somebody waits for it at a page."""
    return grade.watched and timezone.now() - grade.created_at <= WATCHED_FOR


def publish(*, grade: Grade, text: str) -> None:
    """Let the waiting page see the feedback so far; an empty one takes it back."""
    _try(lambda: cache.set(key_of(grade.pk), text, KEPT_SECONDS))


def _try(act: Callable[[], object]) -> None:
    try:
        act()
    except Exception as error:  # noqa: BLE001 - whatever the cache's client raises, grading goes on
        logger.warning("Feedback is not shown while it is written: %s", type(error).__name__)
