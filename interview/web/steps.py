"""Where a candidate is among the questions of a sitting."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from interview.models import InterviewSession


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    state: str  # "done", "now" or "open"
    url: str


def steps_of(session: InterviewSession, *, now_at: int) -> list[Step]:
    """One step a question; each leads to its room, which leads on to a verdict that is there."""
    steps = []
    places = (
        session.answers.without_follow_ups()
        .order_by("position")
        .values_list("position", "submission_id")
    )
    for position, submission_id in places:
        state = "now" if position == now_at else "done" if submission_id else "open"
        said = {"now": ", now", "done": ", answered", "open": ""}[state]
        url = reverse("room", args=[session.public_id, position])
        steps.append(Step(f"Question {position}{said}", state, url))
    return steps


def seconds_since(moment: datetime | None) -> int:
    return int((timezone.now() - moment).total_seconds()) if moment else 0
