"""A worker's hold on a grade: taken by compare-and-set, renewed before calls, given back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from grading.llm.calls import CallRecord, Request
from grading.models import Grade, Submission
from grading.models.grade import IN_BATCH
from grading.operations.budget import check_room, estimate
from grading.operations.ledger import write_calls
from grading.operations.statements import columns, instance
from grading.queries.rubrics import known_rubric

FRESH: Final = 0.05  # share of a lease within which it need not be renewed: calls take 0.9 of it

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
        EXISTS (
            SELECT FROM grading_account own
            LEFT JOIN grading_account wider ON wider.id = own.parent_id
            WHERE own.id = submission.account_id AND coalesce(own.cap, wider.cap) IS NOT NULL
        )
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


@dataclass(frozen=True, slots=True)
class Claim:
    """A worker's hold on a grade; whoever finds another token in the row has lost it.

    `until` is how long a first call needs no renewal, where that is known.
    """

    grade_id: int
    token: UUID
    until: datetime | None = None


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
    if work is None:
        return None
    return Claim(grade_id, token, until=now + FRESH * _lease()), work


def read_work(grade_id: int) -> Work:
    """The same of a grade that is claimed already. Raises `Grade.DoesNotExist`."""
    work = _read("", "grading_grade", "WHERE grade.id = %(grade)s", grade=grade_id)
    if work is None:
        raise Grade.DoesNotExist
    return work


def _read(before: str, source: str, which: str, **values: Any) -> Work | None:
    reading = READ.format(
        grade=columns(Grade, "grade"), submission=columns(Submission, "submission"), source=source
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


def hold(claim: Claim, work: Work, request: Request) -> None:
    """Before a call: the lease renewed and what it may cost held, or neither.

    Raises `ClaimLostError` and `BudgetReached`.
    """
    account_id, now = work.grade.submission.account_id, timezone.now()
    if account_id is None and claim.until is not None and now < claim.until:
        return  # nothing to hold, and nobody else can have it yet
    most = estimate(request) if account_id is not None else 0
    if not work.is_capped:
        renew(claim, holding=most)
        return
    with transaction.atomic():
        renew(claim, holding=most)
        check_room(account_id=account_id, micro_dollars=most, now=now, held=True)


def renew(claim: Claim, *, holding: int = 0) -> None:
    """Hold the grade for another lease; raises `ClaimLostError` when somebody else has it."""
    now = timezone.now()
    if not held(claim).update(claimed_at=now, reserved=F("reserved") + holding):
        raise ClaimLostError


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
        held(claim).update(
            state=Grade.State.PENDING,
            claim=None,
            claimed_at=None,
            nudged_at=due,
            waiting_for=waiting_for,
            attempts=F("attempts") - (0 if attempt_spent else 1),
            reserved=0,
        )
        write_calls(grade_id=claim.grade_id, calls=calls)


def _lease() -> timedelta:
    return timedelta(seconds=settings.GRADE_LEASE_SECONDS)
