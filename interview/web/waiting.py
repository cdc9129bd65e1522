"""What an answer waits for, in words for the person who gave it."""

from datetime import UTC, datetime

from django.utils.formats import date_format

from grading.models import Grade
from grading.queries.queue import active_pause

REASONS = {
    "busy": "The grader has a lot to do just now.",
    "away": "The grader cannot be reached just now.",
    "paused": "Grading is paused for now.",
    "budget": "What may be spent on grading is used up for now.",
}


def why_waiting(grade: Grade, now: datetime) -> str:
    """A sentence, or nothing when it waits for nothing but its turn."""
    if grade.is_finished:
        return ""
    if grade.waiting_for == "paused" and (pause := active_pause(now)) and pause.until:
        return f"Grading is paused until {moment(pause.until)}."
    return REASONS.get(grade.waiting_for, "")


def moment(when: datetime) -> str:
    """ "1 December, 00:00 UTC": the same for everybody."""
    return f"{date_format(when.astimezone(UTC), 'j F, H:i')} UTC"
