"""Judging one claimed grade. Nothing here holds a transaction open while a judge thinks."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, JSONField, QuerySet, Value
from django.db.models.expressions import CombinedExpression
from django.utils import timezone

from grading.embedders.base import EmbedderUnavailable
from grading.grader.pipeline import grade as run_pipeline
from grading.grader.seam import Judge
from grading.grader.verdict import Outcome, Ungraded, Verdict
from grading.judges.base import JudgeError, Unjudgeable
from grading.judges.hooks import Hooks
from grading.llm.calls import CallRecord, Request
from grading.models import Criterion, CriterionVerdict, Grade
from grading.operations.backoff import TRIED_ENOUGH, TRIES, may_read_anew, wait_for
from grading.operations.budget import check_room, estimate
from grading.operations.dispatch import StillOpening, dispatcher
from grading.operations.embeddings import StoredEmbedder
from grading.operations.feedback import writing_for
from grading.operations.frames import frames_of
from grading.operations.judging import make_embedder, make_judge, make_reader, opaque_id
from grading.operations.ledger import opened, write_calls, write_late, write_lost
from grading.operations.neighbours import flag_unlike_neighbours
from grading.operations.policies import policy_of, setup_hash
from grading.operations.twins import (
    AskedAlready,
    announce_twins,
    find_twin,
    hash_of_words,
    verdict_of,
)
from grading.queries.rubrics import material_of

logger = logging.getLogger(__name__)

ASKED_ONCE: Final = "grade_words_asked_once"  # the constraint
NO_CLAIM: Final[dict[str, Any]] = {
    "claim": None, "claimed_at": None, "reserved": 0, "open_calls": [], "asked_hash": ""
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's hold on a grade; whoever finds another token in the row has lost it.

    `account_id`: who pays, should the words be deleted while they are judged.
    """

    grade_id: int
    token: UUID
    account_id: int | None = None


class ClaimLostError(Exception):
    """Another worker has the grade now."""


def judge_claimed(claim: Claim) -> Grade | None:
    """Judge and finish; None when the lease ran out and another worker holds the row now."""
    grade = Grade.objects.select_related("submission__rubric").get(pk=claim.grade_id)
    claim = replace(claim, account_id=grade.submission.account_id)
    if grade.attempts > settings.GRADE_ATTEMPTS:
        given_up = Ungraded("worker_lost", "The grader stopped several times on this answer.")
        return finish(claim, given_up, milliseconds=0)
    calls: list[CallRecord] = []
    started = time.perf_counter()
    judge: Judge | None = None
    asked_hash = ""
    try:
        embedder = StoredEmbedder(make_embedder())
        hooks = Hooks(
            record=calls.append,
            before_call=lambda request: hold(claim, grade, request, asked_hash=asked_hash),
            take_turn=dispatcher(grade).take_turn,
            may_read_anew=lambda: may_read_anew(grade.pk),
        )
        material = material_of(grade.submission)
        judge = make_judge(
            embedder,
            hooks=hooks,
            user_id=opaque_id(grade.submission.public_id),
            policy=policy_of(grade.submission),
            writing=writing_for(grade, material),
            reader=make_reader(material),
        )
        twin = find_twin(grade, judge)
        asked_hash = "" if twin else hash_of_words(grade, judge)
        known = verdict_of(twin, grade) if twin else None
        outcome = known or run_pipeline(material, judge, embedder)
    except Unjudgeable as error:
        outcome = Ungraded(error.reason, str(error))
    except (JudgeError, EmbedderUnavailable) as error:
        wait = wait_for(error, grade_id=claim.grade_id, calls=calls)
        if wait is not None:
            logger.warning("Grade %s waits: %s", claim.grade_id, error)
            waiting_for = error.waiting_for if isinstance(error, JudgeError) else ""
            give_back(
                claim,
                wait_seconds=wait,
                attempt_spent=False,
                calls=calls,
                waiting_for=waiting_for,
            )
            if isinstance(error, StillOpening | AskedAlready):
                error.park()
            return None
        outcome = Ungraded(TRIED_ENOUGH, f"{error} It was tried {TRIES} times.")
    except ClaimLostError:
        logger.warning("Grade %s is judged by another worker", claim.grade_id)
        _write_down(claim, calls, held=False)
        return None
    except Exception as error:  # noqa: BLE001 - given back, and given up after some attempts
        logger.error("Grade %s failed: %s", claim.grade_id, frames_of(error))  # noqa: TRY400 - the message may quote the answer
        give_back(claim, wait_seconds=0, attempt_spent=True, calls=calls)
        return None
    elapsed = round((time.perf_counter() - started) * 1000)
    finished = finish(claim, outcome, milliseconds=elapsed, judge=judge, calls=calls)
    if finished is not None:
        flag_unlike_neighbours(grade=finished)
    return finished


def hold(claim: Claim, grade: Grade, request: Request, *, asked_hash: str = "") -> None:
    """Before a call: the lease renewed, what it may cost held and the words taken, or nothing.

    Raises `ClaimLostError`, `BudgetReached` and `AskedAlready`.
    """
    account_id = grade.submission.account_id
    most = estimate(request) if account_id is not None else 0
    try:
        with transaction.atomic():
            renew(claim, holding=most, calling=[opened(request)], asked_hash=asked_hash)
            check_room(account_id=account_id, micro_dollars=most, now=timezone.now(), held=True)
    except IntegrityError as error:
        if ASKED_ONCE not in str(error):
            raise
        raise AskedAlready(grade, asked_hash) from None


def renew(
    claim: Claim, *, holding: int, calling: list[dict[str, Any]], asked_hash: str = ""
) -> None:
    """Hold the grade for another lease and note the calls that are about to be made.

    Raises `ClaimLostError` when somebody else has it, and IntegrityError when somebody else asks
    about the same words.
    """
    more = Value(calling, output_field=JSONField())
    renewed = _held(claim).update(
        claimed_at=timezone.now(),
        reserved=F("reserved") + holding,
        asked_hash=asked_hash,
        open_calls=CombinedExpression(F("open_calls"), "||", more, output_field=JSONField()),
    )
    if not renewed:
        raise ClaimLostError


def _held(claim: Claim) -> QuerySet[Grade]:
    return Grade.objects.filter(pk=claim.grade_id, state=Grade.State.RUNNING, claim=claim.token)


def give_back(
    claim: Claim,
    *,
    wait_seconds: float,
    attempt_spent: bool,
    calls: Sequence[CallRecord] = (),
    waiting_for: str = "",
) -> None:
    """Put the row back into the queue; the sweep announces it when the wait is over.

    A wait the judge asked for spends no attempt: it is not the answer's fault. What was called
    in vain is written down with it.
    """
    due = timezone.now() + timedelta(seconds=wait_seconds - settings.GRADE_NUDGE_SECONDS)
    with transaction.atomic():
        given = _held(claim).update(
            state=Grade.State.PENDING,
            nudged_at=due,
            waiting_for=waiting_for,
            attempts=F("attempts") - (0 if attempt_spent else 1),
            **NO_CLAIM,
        )
        _write_down(claim, calls, held=bool(given))


def take_back_claims(*, ran_out: datetime) -> None:
    """Put back what workers held that were last heard of before; what they called is lost."""
    stale = Grade.objects.filter(state=Grade.State.RUNNING, claimed_at__lt=ran_out)
    for grade_id in list(stale.values_list("pk", flat=True)):
        with transaction.atomic():
            grade = stale.select_for_update(skip_locked=True).filter(pk=grade_id).first()
            if grade is not None:
                Grade.objects.filter(pk=grade_id).update(
                    state=Grade.State.PENDING, nudged_at=ran_out, **NO_CLAIM
                )
                write_lost(grade=grade)


def _write_down(claim: Claim, calls: Sequence[CallRecord], *, held: bool) -> None:
    """The calls of a claim, in the transaction that ends it: they were made and are billed."""
    grade_id, account_id = claim.grade_id, claim.account_id
    if held:
        write_calls(grade_id=grade_id, calls=calls, account_id=account_id)
    else:
        write_late(grade_id=grade_id, calls=calls, account_id=account_id, claim=claim.token)


def finish(
    claim: Claim,
    outcome: Outcome,
    *,
    milliseconds: int,
    judge: Judge | None = None,
    calls: Sequence[CallRecord] = (),
) -> Grade | None:
    """Write the outcome, its verdicts, its calls and its end in one transaction.

    If the claim no longer holds, the calls alone: they were made and are billed.
    """
    with transaction.atomic():
        grade = _held(claim).select_for_update(of=("self",)).select_related("submission").first()
        if grade is None:
            logger.warning("Grade %s was finished by another worker", claim.grade_id)
        else:
            if judge is not None:
                grade.judge, grade.model = judge.name, model_of(outcome, judge)
                grade.prompt_version = judge.prompt_version
                grade.setup_hash = setup_hash(judge, grade.submission)
            grade.milliseconds, grade.reserved, grade.open_calls = milliseconds, 0, []
            grade.finished_at = timezone.now()
            awaited, grade.is_awaited = grade.is_awaited, False
            write_outcome(grade, outcome)
            if awaited:
                announce_twins(grade)
        _write_down(claim, calls, held=grade is not None)
        return grade


def model_of(outcome: Outcome, judge: Judge) -> str:
    """The model that came to the outcome: the judge's own, but where it had to ask another."""
    return (outcome.model if isinstance(outcome, Verdict) else "") or judge.model


def write_outcome(grade: Grade, outcome: Outcome) -> None:
    """Save a grade with what was found, verdict rows included; the caller holds the transaction."""
    if isinstance(outcome, Verdict):
        grade.state = Grade.State.GRADED
        grade.score, grade.confidence = outcome.score, outcome.confidence
        grade.reason, grade.feedback = outcome.reason, outcome.feedback
        grade.injection_suspected = outcome.injection_suspected
        grade.doubts = list(outcome.doubts)
    else:
        grade.state = Grade.State.UNGRADED
        grade.reason, grade.detail = outcome.reason, outcome.detail
    grade.save()
    if isinstance(outcome, Verdict):
        write_verdicts(grade, outcome)


def write_verdicts(grade: Grade, verdict: Verdict) -> None:
    criteria = Criterion.objects.filter(rubric=grade.submission.rubric_id).order_by()
    criterion_ids = dict(criteria.values_list("key", "pk"))
    CriterionVerdict.objects.bulk_create(
        CriterionVerdict(
            grade=grade,
            criterion_id=criterion_ids[found.criterion_id],
            mark=found.mark.value,
            evidence=[[span.start, span.end] for span in found.evidence],
            justification=found.justification,
            confidence=found.confidence,
            expected_credit=found.credit,
        )
        for found in verdict.verdicts
    )
