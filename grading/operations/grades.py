"""The life of a grade: asked for, claimed, finished, and found again when a message is lost."""

import logging
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from grading.grader.text import normalised_hash
from grading.llm.seats import seats
from grading.models import Account, Grade, Rubric, Submission
from grading.models.grade import IN_BATCH, LAST
from grading.operations.budget import ensure_account
from grading.operations.claims import take, take_back_claims
from grading.operations.embeddings import hash_text
from grading.operations.open_calls import give_up_open_calls
from grading.operations.provisional import stand_in
from grading.operations.queue import grade_to_probe_with
from grading.operations.running import judge_claimed

logger = logging.getLogger(__name__)

AFTER_ALL: Final = 9  # a message without a priority has 0, which Redis takes first


def request_grade(
    *,
    rubric: Rubric,
    text: str,
    accounts: Sequence[str] = (),
    policy: Mapping[str, Any] | None = None,
    watched: bool = False,
    provisional_ok: bool = False,
) -> Grade:
    """Keep the words and queue their grade; call it in the transaction of what points to them.

    `accounts`: labels of who pays, the wider first, see `budget.ensure_account`.
    `policy`: where its grading departs from the settings, see `policies.check_changes`. `watched`:
    somebody waits for it, so its feedback is shown while it is written. `provisional_ok`: a local
    grade may stand in while the API is away.
    """
    now = timezone.now()
    submission = _submission(rubric, text, ensure_account(keys=accounts), policy or {})
    submission.provisional_ok = provisional_ok
    submission.save()
    grade = Grade.objects.create(
        submission=submission, created_at=now, nudged_at=now, watched=watched
    )
    transaction.on_commit(lambda: nudge(grade_id=grade.pk))
    return grade


def request_grades(
    *,
    answers: Iterable[tuple[Rubric, str]],
    accounts: Sequence[str] = (),
    policy: Mapping[str, Any] | None = None,
) -> list[Grade]:
    """The same for many that nobody waits for; in their order, `submission` at hand.

    No worker is told: the sweep finds them, and they go behind whoever does wait; or
    `batches.start_run` takes them.
    """
    now = timezone.now()
    due = now - timedelta(seconds=settings.GRADE_NUDGE_SECONDS)
    account = ensure_account(keys=accounts)
    with transaction.atomic():
        submissions = Submission.objects.bulk_create(
            (_submission(rubric, text, account, policy or {}) for rubric, text in answers),
            batch_size=1000,
        )
        return Grade.objects.bulk_create(
            (
                Grade(submission=one, created_at=now, nudged_at=due, waiting_for=LAST)
                for one in submissions
            ),
            batch_size=1000,
        )


def _submission(
    rubric: Rubric, text: str, account: Account | None, policy: Mapping[str, Any]
) -> Submission:
    return Submission(
        rubric=rubric,
        account=account,
        text=text,
        normalised_hash=normalised_hash(text),
        content_hash=hash_text(text),
        policy=dict(policy),
    )


def nudge(*, grade_id: int, first: bool = True) -> None:
    """Tell a worker that the row waits; not `first`, when nothing else is to be done. A broker that
    is away costs time, not the answer."""
    from grading.tasks import run_grade as task  # noqa: PLC0415 - the one licensed upward import

    try:
        if first:
            task.delay(grade_id)
        else:
            task.apply_async((grade_id,), priority=AFTER_ALL)
    except Exception as error:  # noqa: BLE001 - whatever the broker's client raises, the row stands
        logger.warning("Grade %s waits for the next sweep: %s", grade_id, type(error).__name__)


def run_grade(*, grade_id: int) -> Grade | None:
    """Claim a pending grade, judge it, finish it; None when it was not there to be claimed, or
    waits on, with nothing to stand in for it."""
    with seats.taken():
        taken = take(grade_id=grade_id, token=uuid.uuid4())
        if taken is None:
            return None
        return judge_claimed(*taken) or stand_in(grade_id=grade_id)


def requeue_stuck(*, now: datetime, limit: int = 500) -> int:
    """Find what a killed worker, a lost message or an emptied broker left behind.

    Returns how many grades were announced again.
    """
    lease = now - timedelta(seconds=settings.GRADE_LEASE_SECONDS)
    take_back_claims(ran_out=lease)
    give_up_open_calls(ran_out=lease)
    silent = now - timedelta(seconds=settings.GRADE_NUDGE_SECONDS)
    with transaction.atomic():
        waiting = list(
            Grade.objects.select_for_update(skip_locked=True)
            .filter(state=Grade.State.PENDING, nudged_at__lt=silent)
            .exclude(waiting_for=IN_BATCH)
            .order_by("nudged_at")
            .values_list("pk", "waiting_for")[:limit]
        )
        Grade.objects.filter(pk__in=[pk for pk, _ in waiting]).update(nudged_at=now)
    announced = {pk: waiting_for != LAST for pk, waiting_for in waiting}
    probe = grade_to_probe_with(now=now)
    if probe is not None:
        announced[probe] = True
    for grade_id, first in announced.items():
        nudge(grade_id=grade_id, first=first)
    return len(waiting)
