"""First drafts that people edit."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from django.conf import settings

from grading.grader.drafting import draft_criteria as draft_from_structure
from grading.grader.material import Criterion
from grading.judges.base import JudgeUnavailable
from grading.judges.drafting import draft_request, draft_version, read_draft
from grading.judges.parsing import InvalidReply
from grading.llm.failures import CallFailed, HeldBack
from grading.operations.asking import ask_claude, is_form_spelt_out
from grading.operations.budget import ensure_account
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
    account = ensure_account(keys=accounts)
    reply = ask_claude(
        partial(draft_request, question=question, reference_answer=reference_answer),
        policy=site_policy(),
        prompt_version=draft_version(),
        account_id=account.pk if account else None,
    )
    return read_draft(reply, spelt_out=is_form_spelt_out())


def _texts(criteria: Sequence[Criterion]) -> tuple[CriterionText, ...]:
    return tuple(CriterionText(row.kind.value, row.weight, row.text) for row in criteria)
