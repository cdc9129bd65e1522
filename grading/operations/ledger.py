"""The ledger of calls to models. It is only ever added to, but for what was believed lost."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from grading.llm.calls import NO_TOKENS, CallRecord, Request
from grading.llm.estimates import most_it_costs
from grading.models import Grade, ModelCall, Submission
from grading.models.account import month_of
from grading.operations.budget import count_spent
from grading.operations.statements import insert

LOST: Final = "worker_lost"  # nobody knows whether such a call was answered, or what it took


def opened(request: Request) -> dict[str, Any]:
    """What is kept of a call while it is out, in ``Grade.open_calls`` or in `OpenCall`: its model,
    and the most that it can cost in micro-dollars, None without a known price."""
    return {"model": request.model, "most": most_it_costs(request, on=datetime.now(UTC).date())}


def lost_call(model: str, most: int | None) -> CallRecord:
    """What is known of a call that nobody saw the end of; `most` is in micro-dollars."""
    return CallRecord(
        model=model,
        prompt_version="",
        tokens=NO_TOKENS,
        micro_dollars=most,
        milliseconds=0,
        error=LOST,
    )


def write_lost(*, grade: Grade) -> None:
    """A line for each call that is out under a claim which ran out, at the most that it can cost.

    Last in the transaction that takes the claim away, like `write_calls`.
    """
    calls = [lost_call(call["model"], call["most"]) for call in grade.open_calls]
    write_calls(grade_id=grade.pk, calls=calls, lost_claim=grade.claim)


def write_late(
    *, grade_id: int | None, calls: Sequence[CallRecord], account_id: int | None, claim: UUID
) -> None:
    """The lines of a worker that was believed dead, in the place of those that said so.

    `claim`: its hold on the grade, or the key of the `OpenCall` that was for none.

    What was counted in a month that is over stays counted.
    """
    now = timezone.now()
    with transaction.atomic():
        write_calls(grade_id=grade_id, calls=calls, account_id=account_id)
        month = datetime.combine(month_of(now), datetime.min.time(), tzinfo=UTC)
        lost = ModelCall.objects.filter(lost_claim=claim, created_at__gte=month)
        counted = lost.aggregate(price=Sum("micro_dollars"))["price"] or 0
        lost.delete()
        if account_id is not None and counted:
            count_spent(account_id=account_id, micro_dollars=-counted, now=now)


def write_calls(
    *,
    grade_id: int | None,
    calls: Sequence[CallRecord],
    account_id: int | None = None,
    lost_claim: UUID | None = None,
) -> None:
    """Add a line a call, and what they cost to what the account spent.

    A grade knows its account; `account_id` is for calls without one, or whose grade was deleted.
    Last in the transaction of what they were made for: the account stays locked to its end.
    """
    if not calls:
        return
    if grade_id is not None:
        known = Submission.objects.filter(grades=grade_id).values_list("account").first()
        if known is None:  # the words were deleted while they were judged
            grade_id = None
        else:
            (account_id,) = known
    add_calls(grade_id=grade_id, account_id=account_id, calls=calls, lost_claim=lost_claim)


def add_calls(
    *,
    grade_id: int | None,
    account_id: int | None,
    calls: Sequence[CallRecord],
    lost_claim: UUID | None = None,
) -> None:
    """The same for who knows the grade's account."""
    if not calls:
        return
    now = timezone.now()
    with transaction.atomic(savepoint=False):
        _add_lines(grade_id, calls, account_id, now, lost_claim)
        if account_id is not None:
            price = sum(call.micro_dollars or 0 for call in calls)
            count_spent(account_id=account_id, micro_dollars=price, now=now)


def _add_lines(
    grade_id: int | None,
    calls: Sequence[CallRecord],
    account_id: int | None,
    now: datetime,
    lost_claim: UUID | None,
) -> None:
    insert(
        [
            ModelCall(
                grade_id=grade_id,
                account_id=account_id,
                model=call.model[:64],
                prompt_version=call.prompt_version,
                input_tokens=call.tokens.input,
                cache_write_5m_tokens=call.tokens.cache_write_5m,
                cache_write_1h_tokens=call.tokens.cache_write_1h,
                cache_read_tokens=call.tokens.cache_read,
                output_tokens=call.tokens.output,
                micro_dollars=call.micro_dollars,
                milliseconds=call.milliseconds,
                request_id=call.request_id[:128],
                stop_reason=call.stop_reason[:32],
                error=call.error,
                batched=call.batched,
                lost_claim=lost_claim,
                created_at=now,
            )
            for call in calls
        ]
    )
