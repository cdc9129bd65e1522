"""Judging one claimed grade. Nothing here holds a transaction open while a judge thinks."""

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from grading.embedders.base import EmbedderUnavailable
from grading.grader.pipeline import grade as run_pipeline
from grading.grader.seam import Judge
from grading.grader.verdict import Outcome, Ungraded, Verdict
from grading.judges.base import JudgeError, Unjudgeable
from grading.judges.hooks import Hooks
from grading.llm.calls import CallRecord
from grading.models import CriterionVerdict, Grade
from grading.operations.backoff import TRIED_ENOUGH, may_read_anew, wait_for
from grading.operations.claims import (
    Claim,
    ClaimLostError,
    Work,
    give_back,
    hold,
    read_work,
    unseen_calls,
    write_late_calls,
)
from grading.operations.dispatch import StillOpening, dispatcher
from grading.operations.embeddings import StoredEmbedder
from grading.operations.feedback import writing_for
from grading.operations.frames import frames_of
from grading.operations.judging import make_embedder, make_judge, make_reader, opaque_id
from grading.operations.kept_scores import keep_score
from grading.operations.ledger import add_calls
from grading.operations.neighbours import flag_unlike_neighbours
from grading.operations.policies import policy_of, setup_hash
from grading.operations.statements import insert, update
from grading.operations.twins import (
    AskedAlready,
    announce_twins,
    find_twin,
    hash_of_words,
    verdict_of,
)
from grading.queries.rubrics import material_of

logger = logging.getLogger(__name__)

# What a judge's outcome changes in its grade. The words stay taken: ``asked_hash`` stays as it is.
WRITTEN: Final = (
    "state", "reason", "detail", "judge", "model", "prompt_version", "score", "confidence",
    "feedback", "injection_suspected", "doubts", "setup_hash", "milliseconds", "reserved",
    "open_calls", "finished_at",
)  # fmt: skip


def judge_claimed(claim: Claim, work: Work | None = None) -> Grade | None:
    """Judge and finish; None when the lease ran out and another worker holds the row now.

    `work` is what came with the claim.
    """
    work = work or read_work(claim.grade_id)
    grade = work.grade
    claim = replace(claim, account_id=grade.submission.account_id)
    if grade.attempts > settings.GRADE_ATTEMPTS:
        given_up = Ungraded("worker_lost", "The grader stopped several times on this answer.")
        return finish(claim, given_up, milliseconds=0, grade=grade)
    calls: list[CallRecord] = []
    started = time.perf_counter()
    judge: Judge | None = None
    asked_hash = ""
    try:
        embedder = StoredEmbedder(make_embedder())
        hooks = Hooks(
            record=calls.append,
            before_call=lambda request: hold(
                claim, work, request, asked_hash=asked_hash, ended=calls
            ),
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
        twin = find_twin(grade, judge) if work.may_have_twin else None
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
        outcome = Ungraded(TRIED_ENOUGH, f"{error} It was tried several times.")
    except ClaimLostError:
        logger.warning("Grade %s is judged by another worker", claim.grade_id)
        write_late_calls(claim, calls)
        return None
    except Exception as error:  # noqa: BLE001 - given back, and given up after some attempts
        logger.error("Grade %s failed: %s", claim.grade_id, frames_of(error))  # noqa: TRY400 - the message may quote the answer
        calls += unseen_calls(claim, calls)
        give_back(claim, wait_seconds=0, attempt_spent=True, calls=calls)
        return None
    elapsed = round((time.perf_counter() - started) * 1000)
    finished = finish(claim, outcome, milliseconds=elapsed, judge=judge, calls=calls, grade=grade)
    if finished is not None:
        flag_unlike_neighbours(grade=finished)
    return finished


def finish(
    claim: Claim,
    outcome: Outcome,
    *,
    milliseconds: int,
    judge: Judge | None = None,
    calls: Sequence[CallRecord] = (),
    grade: Grade | None = None,
) -> Grade | None:
    """Write the outcome, its verdicts, its calls and its end in one transaction.

    If the claim no longer holds, the calls alone: they were made and are billed.
    """
    grade = grade or read_work(claim.grade_id).grade
    if judge is not None:
        grade.judge, grade.model = judge.name, model_of(outcome, judge)
        grade.prompt_version = judge.prompt_version
        grade.setup_hash = setup_hash(judge, grade.submission)
    grade.milliseconds, grade.reserved, grade.open_calls = milliseconds, 0, []
    grade.finished_at = timezone.now()
    _set_outcome(grade, outcome)
    with transaction.atomic():
        held = {"state": Grade.State.RUNNING, "claim": claim.token}
        written = update(grade, WRITTEN, returning="is_awaited", **held)
        if written is None:
            logger.warning("Grade %s was finished by another worker", claim.grade_id)
            write_late_calls(claim, calls)
            return None
        if isinstance(outcome, Verdict):
            write_verdicts(grade, outcome)
        elif grade.supersedes_id is not None:
            keep_score(grade)
        (grade.is_awaited,) = written
        if grade.is_awaited:
            announce_twins(grade)
        add_calls(grade_id=grade.pk, account_id=grade.submission.account_id, calls=calls)
    return grade


def model_of(outcome: Outcome, judge: Judge) -> str:
    """The model that came to the outcome: the judge's own, but where it had to ask another."""
    return (outcome.model if isinstance(outcome, Verdict) else "") or judge.model


def write_outcome(grade: Grade, outcome: Outcome) -> None:
    """Save a grade with what was found, verdict rows included; the caller holds the transaction."""
    _set_outcome(grade, outcome)
    grade.save()
    if isinstance(outcome, Verdict):
        write_verdicts(grade, outcome)


def _set_outcome(grade: Grade, outcome: Outcome) -> None:
    if isinstance(outcome, Verdict):
        grade.state = Grade.State.GRADED
        grade.score, grade.confidence = outcome.score, outcome.confidence
        grade.reason, grade.feedback = outcome.reason, outcome.feedback
        grade.injection_suspected = outcome.injection_suspected
        grade.doubts = list(outcome.doubts)
    else:
        grade.state = Grade.State.UNGRADED
        grade.reason, grade.detail = outcome.reason, outcome.detail


def write_verdicts(grade: Grade, verdict: Verdict) -> None:
    criterion_ids = {row.key: row.pk for row in grade.submission.rubric.criteria.all()}
    insert(
        [
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
        ]
    )
