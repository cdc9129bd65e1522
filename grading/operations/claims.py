"""A worker's hold on a grade: taken by compare-and-set, renewed before each call, given back or
taken back."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from grading.llm.calls import CallRecord, Request
from grading.models import Grade, Submission
from grading.models.grade import IN_BATCH
from grading.operations.budget import check_room
from grading.operations.feedback import is_watched
from grading.operations.ledger import lost_call, opened, write_calls, write_late, write_lost
from grading.operations.statements import columns, instance
from grading.operations.twins import ASKED_ONCE, AskedAlready, take_from_batch
from grading.queries.rubrics import known_rubric

NO_CLAIM: Final[dict[str, Any]] = {
    "claim": None, "claimed_at": None, "reserved": 0, "open_calls": [], "asked_hash": ""
}  # fmt: skip

CAPPED: Final = """
    EXISTS (
        SELECT FROM grading_account own
        LEFT JOIN grading_account wider ON wider.id = own.parent_id
        WHERE own.id = {account} AND coalesce(own.cap, wider.cap) IS NOT NULL
    )
"""
# All that a grade needs to be judged, and whether a twin or a cap has to be looked for at all.
READ: Final = """
    SELECT {grade}, {submission}, rubric.content_hash,
        EXISTS (
            SELECT FROM grading_grade other
            JOIN grading_submission alike ON alike.id = other.submission_id
            WHERE alike.rubric_id = submission.rubric_id
                AND alike.normalised_hash = submission.normalised_hash
                AND other.state = 'graded'
        ),
        {capped}
    FROM {source} grade
    JOIN grading_submission submission ON submission.id = grade.submission_id
    JOIN grading_rubric rubric ON rubric.id = submission.rubric_id
"""
TAKE: Final = """
    WITH taken AS (
        UPDATE grading_grade SET state = 'running', claim = %(token)s, claimed_at = %(now)s,
            waiting_for = '', attempts = attempts + 1
        WHERE id = %(grade)s AND state = 'pending' AND waiting_for <> %(in_batch)s
        RETURNING *
    )
"""
RENEW: Final = """
    UPDATE grading_grade SET claimed_at = %(now)s, reserved = %(holding)s,
        asked_hash = %(asked_hash)s, open_calls = %(calling)s::jsonb
    WHERE id = %(grade)s AND state = 'running' AND claim = %(token)s
"""
# A cap may be set between claim and call.
UNLESS_CAPPED: Final = f" AND NOT {CAPPED.format(account='%(account)s')}"


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


@dataclass(frozen=True, slots=True)
class Work:
    """A grade to be judged: its submission, rubric and criteria are at hand.

    Not `may_have_twin`: these words were never graded. Not `is_capped`: nothing bounds what may be
    spent on it.
    """

    grade: Grade
    may_have_twin: bool
    is_capped: bool


def take(*, grade_id: int, token: UUID) -> tuple[Claim, Work] | None:
    """Claim a pending grade and read what it takes to judge it, in one statement; None when it was
    not there to be claimed."""
    now = timezone.now()
    work = _read(TAKE, "taken", "", grade=grade_id, token=token, now=now, in_batch=IN_BATCH)
    return (Claim(grade_id, token), work) if work else None


def read_work(grade_id: int) -> Work:
    """The same of a grade that is claimed already. Raises `Grade.DoesNotExist`."""
    work = _read("", "grading_grade", "WHERE grade.id = %(grade)s", grade=grade_id)
    if work is None:
        raise Grade.DoesNotExist
    return work


def _read(before: str, source: str, which: str, **values: Any) -> Work | None:
    reading = READ.format(
        grade=columns(Grade, "grade"),
        submission=columns(Submission, "submission"),
        source=source,
        capped=CAPPED.format(account="submission.account_id"),
    )
    with connection.cursor() as cursor:
        cursor.execute(f"{before}{reading}{which}", values)
        row = cursor.fetchone()
    if row is None:
        return None
    width = len(Grade._meta.concrete_fields)
    grade = instance(Grade, row[:width])
    *own, content_hash, may_have_twin, is_capped = row[width:]
    grade.submission = instance(Submission, own)
    grade.submission.rubric = known_rubric(grade.submission.rubric_id, content_hash)
    return Work(grade, may_have_twin, is_capped)


def hold(
    claim: Claim,
    work: Work,
    request: Request,
    *,
    asked_hash: str = "",
    ended: Sequence[CallRecord] = (),
) -> None:
    """Before a call: it is written down, the lease renewed, what it may cost held and the words
    taken, or nothing of that. Who waits at a page is not kept for a batch, which may take hours.

    `ended` are the claim's calls before it, which are in no ledger yet: they hold what they cost.
    Raises `ClaimLostError`, `BudgetReached` and `AskedAlready`.
    """
    account_id, call = work.grade.submission.account_id, opened(request)
    most = (call["most"] or 0) if account_id is not None else 0
    calls = [{"model": done.model, "most": done.micro_dollars} for done in ended] + [call]
    values = {
        "now": timezone.now(),
        "holding": sum(one["most"] or 0 for one in calls) if account_id is not None else 0,
        "asked_hash": asked_hash,
        "calling": json.dumps(calls),
        "grade": claim.grade_id,
        "token": claim.token,
        "account": account_id,
    }
    try:
        # where nothing bounds the account, it is one statement, and needs no transaction around it
        if not work.is_capped and _changes(f"{RENEW}{UNLESS_CAPPED}", values):
            return
        with transaction.atomic():
            if not _changes(RENEW, values):
                raise ClaimLostError
            check_room(account_id=account_id, micro_dollars=most, now=timezone.now(), held=True)
    except IntegrityError as error:
        if ASKED_ONCE not in str(error):
            raise
        if not is_watched(work.grade) or not take_from_batch(asked_hash):
            raise AskedAlready(work.grade, asked_hash) from None
        hold(claim, work, request, asked_hash=asked_hash, ended=ended)


def _changes(statement: str, values: dict[str, Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return bool(cursor.rowcount)


def held(claim: Claim) -> QuerySet[Grade]:
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
        given = held(claim).update(
            state=Grade.State.PENDING,
            nudged_at=due,
            waiting_for=waiting_for,
            attempts=F("attempts") - (0 if attempt_spent else 1),
            **NO_CLAIM,
        )
        if given:
            write_calls(grade_id=claim.grade_id, calls=calls, account_id=claim.account_id)
        else:
            write_late_calls(claim, calls)


def unseen_calls(claim: Claim, calls: Sequence[CallRecord]) -> list[CallRecord]:
    """What was written down before it was sent and is not among the `calls`: nobody saw its end."""
    noted: list[dict[str, Any]] = held(claim).values_list("open_calls", flat=True).first() or []
    return [lost_call(one["model"], one["most"]) for one in noted[len(calls) :]]


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


def write_late_calls(claim: Claim, calls: Sequence[CallRecord]) -> None:
    """The calls of a claim that no longer holds: they were made and are billed."""
    write_late(grade_id=claim.grade_id, calls=calls, account_id=claim.account_id, claim=claim.token)
