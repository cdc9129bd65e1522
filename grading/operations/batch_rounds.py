"""One batch of a run: handed in, found again after a stop, and taken apart."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from grading.judges.base import JudgeUnavailable
from grading.judges.prompt import prompt_version
from grading.llm.estimates import most_it_costs
from grading.llm.failures import HeldBack, NoBatches
from grading.models import BatchItem, BatchRun, Grade
from grading.models.grade import IN_BATCH, LAST
from grading.operations.batch_items import (
    PASSED_OVER,
    Judged,
    ToAsk,
    collect_result,
    is_overtaken,
    judge_item,
    settle,
)
from grading.operations.batch_words import WordsTaken, find_taken, leave_words, take_words
from grading.operations.budget import check_room
from grading.operations.embeddings import StoredEmbedder
from grading.operations.gate import BatchPassage, enter_with_batch
from grading.operations.judging import claude_client, make_embedder
from grading.queries.batches import waiting_by_rubric

if TYPE_CHECKING:
    from grading.llm.batches import Entry

GRACE_SECONDS: Final = 60  # until a batch that was handed in is surely in the list of them
SKEW_SECONDS: Final = 300  # between our clock and the API's
AT_A_TIME: Final = 500


class RunLost(Exception):  # noqa: N818 - named for what happened
    """Another worker has the run now."""


@dataclass(slots=True)
class Parcel:
    """What goes out together: items with their new names written in them, not yet saved.
    `asked_hashes` are those of their words; `left_out` is how many wait for somebody else's verdict
    on theirs."""

    items: list[BatchItem] = field(default_factory=list)
    entries: "list[Entry]" = field(default_factory=list)
    asked_hashes: list[str] = field(default_factory=list)
    left_out: int = 0

    def without_taken(self) -> "Parcel":
        """Without those whose words somebody else asks about by now."""
        taken = find_taken(list(zip(self.items, self.asked_hashes, strict=True)))
        free = [at for at, item in enumerate(self.items) if item.pk not in taken]
        return Parcel(
            [self.items[at] for at in free],
            [self.entries[at] for at in free],
            [self.asked_hashes[at] for at in free],
            left_out=self.left_out + len(taken),
        )


def hand_in_waiting(run: BatchRun, *, renew: Callable[[], None], now: datetime) -> str:
    """Settle what needs no call and hand in the rest, by question. Returns the batch's id, or
    nothing when nothing is left to send.

    Raises a type of `CallFailed`; then the run is SENDING, and may or may not be at the API. Raises
    `WordsTaken` where all that is left waits for somebody else's verdict.
    """
    parcel = _pack(run, renew).without_taken()
    if not parcel.items:
        if parcel.left_out:
            raise WordsTaken
        return ""
    with transaction.atomic():
        passage = _enter(now)  # in here: what does not go out leaves the try to others
        kept = BatchRun.objects.filter(pk=run.pk, claim=run.claim)
        if not kept.update(state=BatchRun.State.SENDING, sent_at=now, claimed_at=now):
            raise RunLost
        BatchItem.objects.bulk_update(
            parcel.items,
            ["state", "custom_id", "request_hash", "model", "prompt_version", "tries"],
            batch_size=AT_A_TIME,
        )
        take_words(zip(parcel.items, parcel.asked_hashes, strict=True), now=now)
        _reserve(parcel, now)
    run.state, run.sent_at = BatchRun.State.SENDING, now
    from grading.llm import batches  # noqa: PLC0415 - the SDK is heavy, and local judges need none

    handed_in = batches.hand_in(claude_client(), parcel.entries)
    passage.taken()
    return handed_in.id


def _enter(now: datetime) -> BatchPassage:
    """Raises `JudgeUnavailable` while the queue is paused, soon to be asked again: nobody announces
    to a run that it is over."""
    try:
        return enter_with_batch(now)
    except HeldBack as held:
        raise JudgeUnavailable(str(held)) from None


def _pack(run: BatchRun, renew: Callable[[], None]) -> Parcel:
    embedder = StoredEmbedder(make_embedder())
    together = waiting_by_rubric(run)
    waiting = run.items.filter(is_overtaken(), state=BatchItem.State.WAITING)
    overtaken = set(waiting.values_list("pk", flat=True))
    parcel, size = Parcel(), 0
    asked: set[tuple[int, str]] = set()
    for item in _waiting(run):
        renew()
        if item.pk in overtaken:
            settle(item, Judged(PASSED_OVER))
            continue
        same = (item.submission.rubric_id, item.submission.normalised_hash)
        if same in asked:  # its twin goes out now; the verdict will do for both
            continue
        keep_question = together.get(item.submission.rubric_id, 0) > 1
        judged = judge_item(item, embedder, keep_question=keep_question)
        if isinstance(judged, Judged):
            parcel.left_out += not settle(item, judged)
            continue
        asking = judged.request
        size += sum(len(block.text.encode()) for block in asking.system) + len(asking.user.encode())
        if not _has_room(parcel, size):
            break
        asked.add(same)
        _add(parcel, item, judged)
    return parcel


def _has_room(parcel: Parcel, size: int) -> bool:
    from grading.llm.batches import MOST_BYTES, MOST_REQUESTS  # noqa: PLC0415 - as above

    return not parcel.items or (len(parcel.items) < MOST_REQUESTS and size < MOST_BYTES)


def _waiting(run: BatchRun) -> Iterator[BatchItem]:
    """Items to be sent, question by question."""
    further = Q()
    while True:
        rows = list(
            run.items.filter(further, state=BatchItem.State.WAITING)
            .select_related("submission__rubric", "grade__submission")
            .prefetch_related("submission__rubric__criteria")
            .order_by("submission__rubric_id", "pk")[:AT_A_TIME]
        )
        if not rows:
            return
        yield from rows
        rubric, pk = rows[-1].submission.rubric_id, rows[-1].pk
        further = Q(submission__rubric__gt=rubric) | Q(submission__rubric=rubric, pk__gt=pk)


def _add(parcel: Parcel, item: BatchItem, asking: ToAsk) -> None:
    from grading.llm.batches import Entry  # noqa: PLC0415 - as above
    from grading.llm.replay import hash_of  # noqa: PLC0415 - the same

    item.state = BatchItem.State.SENT
    item.custom_id = uuid.uuid4().hex
    item.request_hash = hash_of(asking.request)
    item.model = asking.request.model
    item.prompt_version = prompt_version()
    item.tries += 1
    parcel.items.append(item)
    parcel.entries.append(Entry(item.custom_id, asking.request))
    parcel.asked_hashes.append(asking.asked_hash)


def _reserve(parcel: Parcel, now: datetime) -> None:
    """Hold the most it can cost in the old grades, where budgets look for it. Raises
    `BudgetReached`, and nothing has gone out."""
    totals: Counter[int | None] = Counter()
    today = now.astimezone(UTC).date()
    grades = []
    for item, entry in zip(parcel.items, parcel.entries, strict=True):
        held = most_it_costs(entry.request, on=today, batch=True) or 0
        item.grade.reserved = held
        grades.append(item.grade)
        totals[item.submission.account_id] += held
    Grade.objects.bulk_update(grades, ["reserved"], batch_size=AT_A_TIME)
    for account_id, held in totals.items():
        check_room(account_id=account_id, micro_dollars=held, now=now, held=True)


def find_lost_batch(run: BatchRun, *, now: datetime) -> str | None:
    """The id of the batch that this run handed in without hearing of it, "" when there is none.

    None while that cannot be told: only a batch that has ended tells the names in it.
    """
    from grading.llm import batches  # noqa: PLC0415 - as above

    names = set(_sent(run).values_list("custom_id", flat=True))
    sent_at = run.sent_at or run.created_at
    client = claude_client()
    known = set(BatchRun.objects.exclude(external_id="").values_list("external_id", flat=True))
    undecided = now < sent_at + timedelta(seconds=GRACE_SECONDS)
    for look in batches.newest(client, sent_at - timedelta(seconds=SKEW_SECONDS)):
        if look.id in known or look.size != len(names):
            continue
        if not look.ended:
            undecided = True
        elif any(result.custom_id in names for result in batches.results(client, look.id)):
            return look.id
    return None if undecided else ""


def collect_results(run: BatchRun, *, renew: Callable[[], None]) -> None:
    """Enter every result that was not entered before; what has none is to be sent again."""
    from grading.llm import batches  # noqa: PLC0415 - as above

    embedder = StoredEmbedder(make_embedder())
    for result in batches.results(claude_client(), run.external_id):
        renew()
        item = (
            _sent(run)
            .select_related("submission__rubric", "grade__submission")
            .filter(custom_id=result.custom_id)
            .first()
        )
        if item is not None:
            collect_result(item, result, embedder)
    take_back(run)


def take_back(run: BatchRun) -> None:
    """What was to be sent, or was lost, waits again; being sent in vain is no try."""
    with transaction.atomic():
        items = _sent(run).select_for_update(of=("self",))
        grades = list(items.values_list("grade_id", flat=True))
        Grade.objects.filter(pk__in=grades).update(reserved=0)
        leave_words(grades)
        _sent(run).update(state=BatchItem.State.WAITING, tries=F("tries") - 1)


def keep_waiting(run: BatchRun, reason: str) -> None:
    """Leave the grades of all that wait as they are; a first grade ends without a score."""
    with transaction.atomic():
        waiting = run.items.filter(state=BatchItem.State.WAITING)
        first = Grade.objects.filter(pk__in=waiting.values("grade"), waiting_for=IN_BATCH)
        first.filter(state=Grade.State.PENDING).update(
            state=Grade.State.UNGRADED, reason=reason, waiting_for="", finished_at=timezone.now()
        )
        waiting.update(state=BatchItem.State.KEPT, reason=reason, replies=[])


def leave_waiting(run: BatchRun) -> None:
    """The server takes no batches: first grades go through the queue, if its judge is the one that
    is asked, and everything else stays as it is."""
    with transaction.atomic():
        if not run.judge:
            due = timezone.now() - timedelta(seconds=settings.GRADE_NUDGE_SECONDS)
            waiting = run.items.filter(state=BatchItem.State.WAITING)
            first = Grade.objects.filter(pk__in=waiting.values("grade"), waiting_for=IN_BATCH)
            first.filter(state=Grade.State.PENDING).update(waiting_for=LAST, nudged_at=due)
        keep_waiting(run, NoBatches.code)


def _sent(run: BatchRun) -> QuerySet[BatchItem]:
    return run.items.filter(state=BatchItem.State.SENT)
