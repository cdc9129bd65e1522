"""The ledger of calls to models. It is only ever added to."""

from collections.abc import Sequence

from django.utils import timezone

from grading.llm.calls import CallRecord
from grading.models import ModelCall


def write_calls(*, grade_id: int | None, calls: Sequence[CallRecord]) -> None:
    """Add a line a call, in the transaction of what they were made for."""
    now = timezone.now()
    ModelCall.objects.bulk_create(
        ModelCall(
            grade_id=grade_id,
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
            created_at=now,
        )
        for call in calls
    )
