"""The ledger of calls to models. It is only ever added to."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from grading.llm.calls import CallRecord
from grading.models import ModelCall, Submission
from grading.operations.budget import count_spent
from grading.operations.statements import insert


def write_calls(
    *, grade_id: int | None, calls: Sequence[CallRecord], account_id: int | None = None
) -> None:
    """Add a line a call, and what they cost to what the account spent; a grade knows its account.

    Last in the transaction of what they were made for: the account stays locked to its end.
    """
    if not calls:
        return
    if grade_id is not None:
        accounts = Submission.objects.filter(grades=grade_id).values_list("account")
        known = accounts.first()
        if (
            known is None
        ):  # the words were deleted meanwhile; what was called is billed all the same
            grade_id = None
        else:
            (account_id,) = known
    add_calls(grade_id=grade_id, account_id=account_id, calls=calls)


def add_calls(*, grade_id: int | None, account_id: int | None, calls: Sequence[CallRecord]) -> None:
    """The same for who knows the grade's account."""
    if not calls:
        return
    now = timezone.now()
    with transaction.atomic(savepoint=False):
        _add_lines(grade_id, calls, account_id, now)
        if account_id is not None:
            price = sum(call.micro_dollars or 0 for call in calls)
            count_spent(account_id=account_id, micro_dollars=price, now=now)


def _add_lines(
    grade_id: int | None, calls: Sequence[CallRecord], account_id: int | None, now: datetime
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
                created_at=now,
            )
            for call in calls
        ]
    )
