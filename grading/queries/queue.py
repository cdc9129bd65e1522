"""How the queue stands: what waits, what runs, what it is paused for."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min, Q, QuerySet
from django.utils.crypto import salted_hmac

from grading.models import Grade, QueuePause
from grading.models.grade import IN_BATCH

WAITING = Q(state=Grade.State.PENDING) & ~Q(waiting_for=IN_BATCH)
RUNNING = Q(state=Grade.State.RUNNING)
IS_PAUSED: Final = """
    SELECT FROM grading_queuepause
    WHERE queue = %(queue)s AND resumed_at IS NULL AND (until IS NULL OR until > %(now)s)
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """`oldest` is when the answer that has waited longest was handed in, None when none waits;
    `held_back` of those that wait do so for room below a cap."""

    waiting: int
    held_back: int
    running: int
    oldest: datetime | None


def standing_of(grades: QuerySet[Grade]) -> Standing:
    """How many of these wait and run; one query, over what is unfinished alone."""
    found = grades.filter(WAITING | RUNNING).aggregate(
        waiting=Count("pk", filter=WAITING),
        held_back=Count("pk", filter=WAITING & Q(waiting_for="budget")),
        running=Count("pk", filter=RUNNING),
        oldest=Min("created_at", filter=WAITING),
    )
    return Standing(**found)


def queue_name() -> str:
    """An opaque word for the key and the server in use: with another key it is another queue."""
    return _name_of(settings.ANTHROPIC_BASE_URL, settings.ANTHROPIC_API_KEY)


@cache
def _name_of(base_url: str, api_key: str) -> str:
    return salted_hmac("grading.queue", f"{base_url} {api_key}").hexdigest()


def open_pauses(queue: str) -> QuerySet[QueuePause]:
    """One or none: what nobody has resumed yet, even if its time is over."""
    return QueuePause.objects.filter(queue=queue, resumed_at__isnull=True)


def active_pause(now: datetime) -> QueuePause | None:
    """Why nothing is taken to Claude just now; None when it is."""
    with connection.cursor() as cursor:  # asked before every call, and hardly ever so
        cursor.execute(IS_PAUSED, {"queue": queue_name(), "now": now})
        if cursor.fetchone() is None:
            return None
    standing = open_pauses(queue_name()).select_related("paused_by")
    return standing.filter(Q(until__isnull=True) | Q(until__gt=now)).first()


def past_pauses() -> QuerySet[QueuePause]:
    """What is over, the latest first."""
    over = QueuePause.objects.filter(queue=queue_name(), resumed_at__isnull=False)
    return over.select_related("paused_by", "resumed_by")
