"""One call to Claude that is for no grade, entered in the ledger whether it works or not."""

import time
from datetime import UTC, datetime
from typing import Protocol

from grading.grader.policy import Policy
from grading.llm.calls import CallRecord, Reply, Request
from grading.llm.failures import CallFailed
from grading.llm.prices import cost
from grading.operations.budget import check_call
from grading.operations.judging import claude_client
from grading.operations.ledger import write_calls


class WriteRequest(Protocol):
    def __call__(self, *, model: str, effort: str, spell_out_schema: bool) -> Request: ...


def ask_claude(
    write: WriteRequest, *, policy: Policy, prompt_version: str, account_id: int | None
) -> Reply:
    """The reply of the policy's first model, whatever it is worth.

    Raises `CallFailed`, `HeldBack`, and `JudgeUnavailable` without a key or without room in the
    budget. It is never tried again: a person waits, and there is something to show in its place.
    """
    client = claude_client()
    request = write(
        model=policy.first,
        effort=policy.effort,
        spell_out_schema="format" in client.access.without,
    )
    check_call(account_id=account_id, request=request)
    started = time.perf_counter()
    try:
        reply = client.send(request)
    except CallFailed as failure:
        failed = Reply("", None, request.model, failure.tokens, failure.request_id)
        _record(
            failed,
            request,
            prompt_version=prompt_version,
            started=started,
            account_id=account_id,
            error=failure.code,
        )
        raise
    _record(reply, request, prompt_version=prompt_version, started=started, account_id=account_id)
    return reply


def _record(
    reply: Reply,
    request: Request,
    *,
    prompt_version: str,
    started: float,
    account_id: int | None,
    error: str = "",
) -> None:
    call = CallRecord(
        model=request.model,
        prompt_version=prompt_version,
        tokens=reply.tokens,
        micro_dollars=cost(request.model, reply.tokens, on=datetime.now(UTC).date()),
        milliseconds=round((time.perf_counter() - started) * 1000),
        request_id=reply.request_id,
        stop_reason="" if error else reply.stop_reason or "none",
        error=error,
    )
    write_calls(grade_id=None, calls=[call], account_id=account_id)
