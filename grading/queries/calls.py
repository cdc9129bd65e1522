"""Reading the ledger."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Min, Q

from grading.models import ModelCall


@dataclass(frozen=True, slots=True)
class Failures:
    """Failed calls for one grade: how many, how many of them may have been billed, and when the
    first was made; None without any."""

    count: int
    billed: int
    first: datetime | None


NO_FAILURES: Final = Failures(0, 0, None)


def failures_of(grade_id: int, codes: Collection[str]) -> Failures:
    """Those that failed in one of these ways. A call without a known price may have been billed."""
    found = ModelCall.objects.filter(grade_id=grade_id, error__in=codes).aggregate(
        count=Count("pk"), billed=Count("pk", filter=~Q(micro_dollars=0)), first=Min("created_at")
    )
    return Failures(**found)


def had_others_replies(grade_id: int, *, model: str, since: datetime) -> bool:
    """Whether the model has answered a call that was made for anything else since then."""
    replies = ModelCall.objects.filter(
        model=model, error="", batched=False, created_at__gte=since
    ).exclude(grade_id=grade_id)
    return replies.exists()


def count_replies(grade_id: int) -> int:
    """How many calls for this grade had a reply."""
    return ModelCall.objects.filter(grade_id=grade_id, error="").count()
