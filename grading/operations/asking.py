"""One call to Claude that is for no grade, entered in the ledger whether it works or not."""

import time
from datetime import UTC, datetime
from typing import Protocol

from django.conf import settings

from grading.grader.policy import Policy
from grading.llm.calls import CallRecord, Reply, Request
from grading.llm.estimates import price_of
from grading.llm.failures import CallFailed, HeldBack
from grading.operations.judging import claude_client
from grading.operations.open_calls import Tab


class WriteRequest(Protocol):
    def __call__(self, *, model: str, effort: str, spell_out_schema: bool) -> Request: ...


def is_form_spelt_out() -> bool:
    """Whether the form of a reply is asked for in words alone, as the server takes no format."""
    return "format" in settings.CLAUDE_WITHOUT


def ask_claude(
    write: WriteRequest, *, policy: Policy, prompt_version: str, account_id: int | None
) -> Reply:
    """The reply of the policy's first model, whatever it is worth.

    Raises `CallFailed`, `HeldBack`, and `JudgeUnavailable` without a key or without room in the
    budget. It is never tried again: a person waits, and there is something to show in its place.
    No transaction may be open.
    """
    client = claude_client()
    request = write(
        model=policy.first,
        effort=policy.effort,
        spell_out_schema=is_form_spelt_out(),
    )
    tab = Tab(lambda: account_id)
    tab.open(request)
    started = time.perf_counter()
    try:
        reply = client.send(request)
    except HeldBack:
        tab.drop()
        raise
    except CallFailed as failure:
        failed = Reply("", None, request.model, failure.tokens, failure.request_id)
        tab.settle(
            _record(failed, request, prompt_version, started, error=failure.code, cut=failure.cut)
        )
        raise
    cut = reply.stop_reason is None
    tab.settle(_record(reply, request, prompt_version, started, cut=cut))
    return reply


def _record(
    reply: Reply,
    request: Request,
    prompt_version: str,
    started: float,
    *,
    error: str = "",
    cut: bool,
) -> CallRecord:
    """`started` in seconds of the process's clock. The model is the one that was asked."""
    return CallRecord(
        model=request.model,
        prompt_version=prompt_version,
        tokens=reply.tokens,
        micro_dollars=price_of(request, reply.tokens, on=datetime.now(UTC).date(), cut=cut),
        milliseconds=round((time.perf_counter() - started) * 1000),
        request_id=reply.request_id,
        stop_reason="" if error else reply.stop_reason or "none",
        error=error,
    )
