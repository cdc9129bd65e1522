"""Feedback that is still being written."""

from django.core.cache import cache

from grading.models import Grade


def key_of(grade_id: int) -> str:
    return f"feedback:{grade_id}"


def feedback_so_far(grade: Grade) -> str:
    """Whole sentences, checked as they came in; nothing when none is being written, or the cache
    is away."""
    if grade.state != Grade.State.RUNNING:
        return ""
    try:
        return str(cache.get(key_of(grade.pk)) or "")
    except Exception:  # noqa: BLE001 - whatever the cache's client raises, the page goes without
        return ""
