"""Words that a batch is out with are taken: nobody asks about them meanwhile, alone or in a batch.

What holds them is the grade that the result will be: a first grade itself, or one that is to take
the old one's place, made when its request goes out. See ``Grade.asked_hash``.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final

from django.db import IntegrityError
from django.utils import timezone

from grading.judges.base import RetryLater
from grading.models import BatchItem, Grade
from grading.models.grade import ASKED, IN_BATCH
from grading.operations.twins import ASKED_ONCE, free_twinless

LOOK_AGAIN_SECONDS: Final = 30.0
AT_A_TIME: Final = 500
SUPERSEDED_ONCE: Final = "supersedes"  # in the name of the one-to-one's constraint


class WordsTaken(RetryLater):
    """All that is left to send waits for somebody else's verdict on the same words."""

    def __init__(self) -> None:
        super().__init__("The same words are being judged.", wait_seconds=LOOK_AGAIN_SECONDS)


def find_taken(asked: Sequence[tuple[BatchItem, str]]) -> set[int]:
    """The keys of those whose words somebody else asks about, or at whose answer somebody else is:
    they are to be looked at again later."""
    found = set[int]()
    for at in range(0, len(asked), AT_A_TIME):
        some = asked[at : at + AT_A_TIME]
        by_words = Grade.objects.filter(ASKED, asked_hash__in=[words for _, words in some])
        hashes = set(by_words.values_list("asked_hash", flat=True))
        for asked_hash in hashes:
            free_twinless(asked_hash)
        later = Grade.objects.filter(supersedes__in=[item.grade_id for item, _ in some])
        old = set(later.values_list("supersedes", flat=True))
        found |= {item.pk for item, words in some if words in hashes or item.grade_id in old}
    return found


def take_words(asked: Iterable[tuple[BatchItem, str]], *, now: datetime) -> None:
    """For requests about to go out, each with the hash of its words, in their transaction; raises
    `WordsTaken`, and that transaction is broken."""
    first, again = list[Grade](), list[Grade]()
    for item, asked_hash in asked:
        grade = item.grade
        if grade.is_finished:
            grade = Grade(supersedes=grade, submission=item.submission, waiting_for=IN_BATCH)
            grade.created_at = grade.nudged_at = now
        (again if grade.pk is None else first).append(grade)
        grade.asked_hash = asked_hash
    try:
        Grade.objects.bulk_update(first, ["asked_hash"], batch_size=AT_A_TIME)
        Grade.objects.bulk_create(again, batch_size=AT_A_TIME)
    except IntegrityError as error:
        if not were_taken(error) and SUPERSEDED_ONCE not in str(error):
            raise
        raise WordsTaken from None


def were_taken(error: IntegrityError) -> bool:
    """Whether the database would not have two ask about the same words."""
    return ASKED_ONCE in str(error)


def leave_words(grades: Collection[int]) -> None:
    """Of old or first grades that are out no more, without a result."""
    held = Grade.objects.filter(waiting_for=IN_BATCH, state=Grade.State.PENDING)
    held.filter(pk__in=grades).update(asked_hash="", is_awaited=False)
    held.filter(supersedes__in=grades).delete()


def place_for_result(old: Grade) -> Grade:
    """The grade that a result is written into: a first grade itself, or the one in its place. The
    caller has `old` locked."""
    if not old.is_finished:
        return old
    kept = Grade.objects.select_for_update(of=("self",)).filter(
        supersedes=old, waiting_for=IN_BATCH, state=Grade.State.PENDING
    )
    now = timezone.now()
    return kept.first() or Grade(
        supersedes=old, submission=old.submission, created_at=now, nudged_at=now
    )
