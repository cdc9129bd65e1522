"""First drafts that people edit."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.conf import settings

from grading.grader.drafting import draft_criteria as draft_from_structure
from grading.grader.material import Criterion
from grading.judges.base import JudgeUnavailable
from grading.judges.drafting import draft_request, draft_version, read_draft
from grading.judges.schema import InvalidReply
from grading.llm.calls import CallRecord, Reply, Request
from grading.llm.failures import CallFailed, HeldBack
from grading.llm.prices import cost
from grading.operations.budget import check_call, ensure_account
from grading.operations.judging import claude_client
from grading.operations.ledger import write_calls
from grading.operations.policies import site_policy
from grading.operations.rubrics import CriterionText

logger = logging.getLogger(__name__)

BY_CLAUDE: Final = "Drafted by Claude from the question and the reference."
BY_STRUCTURE: Final = "Drafted from the structure of the reference."
FELL_BACK: Final = "Claude could not draft them, so they follow the structure of the reference."


@dataclass(frozen=True, slots=True)
class Draft:
    """``told`` is a sentence on where the criteria come from; without criteria there is none."""

    criteria: tuple[CriterionText, ...]
    told: str


def draft_criteria(*, question: str, reference_answer: str) -> tuple[CriterionText, ...]:
    """Criteria drawn from the reference's lists, bold terms and sentences; none without one."""
    if not reference_answer.strip():
        return ()
    return _texts(draft_from_structure(question, reference_answer))


def draft_for_editor(
    *, question: str, reference_answer: str, accounts: Sequence[str] = ()
) -> Draft:
    """Claude's draft where Claude grades, and one from the reference's structure otherwise.

    `accounts`: labels of who pays, the wider first. Never raises for a call that failed.
    """
    if not reference_answer.strip():
        return Draft((), "")
    told = BY_STRUCTURE
    if settings.GRADING_JUDGE == "claude":
        try:
            return Draft(_texts(_ask_claude(question, reference_answer, accounts)), BY_CLAUDE)
        except (CallFailed, HeldBack, JudgeUnavailable, InvalidReply) as error:
            logger.warning("A draft follows the reference's structure: %s", error)
            told = FELL_BACK
    return Draft(draft_criteria(question=question, reference_answer=reference_answer), told)


def _ask_claude(
    question: str, reference_answer: str, accounts: Sequence[str]
) -> tuple[Criterion, ...]:
    """One call, entered in the ledger whether it works or not."""
    client, policy = claude_client(), site_policy()
    request = draft_request(
        question=question,
        reference_answer=reference_answer,
        model=policy.first,
        effort=policy.effort,
        spell_out_schema="format" in client.access.without,
    )
    account = ensure_account(keys=accounts)
    account_id = account.pk if account else None
    check_call(account_id=account_id, request=request)
    started = time.perf_counter()
    try:
        reply = client.send(request)
    except CallFailed as failure:
        failed = Reply("", None, request.model, failure.tokens, failure.request_id)
        _record(failed, request, started, account_id, error=failure.code)
        raise
    _record(reply, request, started, account_id)
    return read_draft(reply)


def _record(
    reply: Reply, request: Request, started: float, account_id: int | None, error: str = ""
) -> None:
    call = CallRecord(
        model=request.model,
        prompt_version=draft_version(),
        tokens=reply.tokens,
        micro_dollars=cost(request.model, reply.tokens, on=datetime.now(UTC).date()),
        milliseconds=round((time.perf_counter() - started) * 1000),
        request_id=reply.request_id,
        stop_reason="" if error else reply.stop_reason or "none",
        error=error,
    )
    write_calls(grade_id=None, calls=[call], account_id=account_id)


def _texts(criteria: Sequence[Criterion]) -> tuple[CriterionText, ...]:
    return tuple(CriterionText(row.kind.value, row.weight, row.text) for row in criteria)
