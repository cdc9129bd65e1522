"""Same answer, same grade: an answer that was judged before is not judged again, nor is one that is
being judged. The database holds that: see ``Grade.asked_hash``."""

import hashlib
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from grading.grader.doubt import Doubt
from grading.grader.evidence import find_quote
from grading.grader.seam import Judge
from grading.grader.verdict import CriterionVerdict, Mark, Span, Verdict
from grading.judges.base import RetryLater
from grading.models import Grade, Submission
from grading.models.grade import ASKED, IN_BATCH
from grading.operations.policies import setup_hash

ASKED_ONCE: Final = "grade_words_asked_once"  # the constraint
LOOK_AGAIN_SECONDS: Final = 5.0  # should the announcement be lost, or whoever asks die
IN_BATCH_SECONDS: Final = 60.0  # the same where a batch is out with them


class AskedAlready(RetryLater):
    """Another grade of the same words is under way. Call `park` when the row is in the queue."""

    def __init__(self, grade: Grade, asked_hash: str) -> None:
        in_batch = _batched(asked_hash).exists()
        wait = IN_BATCH_SECONDS if in_batch else LOOK_AGAIN_SECONDS
        super().__init__("The same words are being judged.", wait_seconds=wait)
        self._grade = grade
        self._asked_hash = asked_hash

    def park(self) -> None:
        """Have the row announced when the other is finished, or at once if it is by now."""
        others = Grade.objects.filter(ASKED, asked_hash=self._asked_hash)
        if others.exclude(state=Grade.State.GRADED).update(is_awaited=True):
            return
        free_twinless(self._asked_hash)
        _nudge(self._grade.pk)


def free_twinless(asked_hash: str) -> None:
    """Free words that a verdict holds which is no twin's: it would turn others away for ever."""
    holding = Grade.objects.filter(ASKED, asked_hash=asked_hash, state=Grade.State.GRADED)
    for finished in holding.select_related("submission"):
        if _hash(finished.submission, finished.setup_hash) != asked_hash:
            Grade.objects.filter(pk=finished.pk).update(asked_hash="")


def take_from_batch(asked_hash: str) -> bool:
    """Free words that a batch is out with; whether one was. Its result gives way to the verdict of
    whoever takes them now."""
    return bool(_batched(asked_hash).update(asked_hash=""))


def _batched(asked_hash: str) -> QuerySet[Grade]:
    return Grade.objects.filter(ASKED, asked_hash=asked_hash, waiting_for=IN_BATCH)


def hash_of_words(grade: Grade, judge: Judge) -> str:
    """The same for whatever would be judged alike: what no two workers ask about."""
    return _hash(grade.submission, setup_hash(judge, grade.submission))


def _hash(submission: Submission, setup: str) -> str:
    parts = (submission.rubric_id, submission.normalised_hash, setup)
    return hashlib.sha256(" ".join(map(str, parts)).encode()).hexdigest()


def announce_twins(grade: Grade) -> None:
    """Tell workers of the answers that waited for it, once this is committed: their words are its.

    From now on none begins to wait: the grade is finished, and locked in this transaction.
    """
    grade.is_awaited = False
    grade.save(update_fields=["is_awaited"])
    words = {
        "submission__rubric_id": grade.submission.rubric_id,
        "submission__normalised_hash": grade.submission.normalised_hash,
    }
    waiting = Grade.objects.filter(state=Grade.State.PENDING, **words).exclude(waiting_for=IN_BATCH)

    def announce() -> None:
        for grade_id in waiting.values_list("pk", flat=True):
            _nudge(grade_id)

    transaction.on_commit(announce)


def _nudge(grade_id: int) -> None:
    from grading.operations.grades import nudge  # noqa: PLC0415 - grades run what finds twins here

    nudge(grade_id=grade_id)


def find_twin(grade: Grade, judge: Judge) -> Grade | None:
    """An earlier grade of the same normalised words under the same rubric, by the same judge,
    models, prompt and policy."""
    return (
        Grade.objects.filter(
            state=Grade.State.GRADED,
            submission__rubric_id=grade.submission.rubric_id,
            submission__normalised_hash=grade.submission.normalised_hash,
            setup_hash=setup_hash(judge, grade.submission),
        )
        .select_related("submission")
        .order_by("pk")
        .first()
    )


def verdict_of(twin: Grade, grade: Grade) -> Verdict | None:
    """The twin's verdict, its evidence moved to this answer's offsets, or None where it cannot."""
    if twin.score is None or twin.confidence is None:
        return None
    verdicts = _moved_verdicts(twin, grade.submission.text)
    if verdicts is None:
        return None
    return Verdict(
        score=twin.score,
        confidence=twin.confidence,
        verdicts=verdicts,
        feedback=twin.feedback,
        reason=twin.reason,
        injection_suspected=twin.injection_suspected,
        model=twin.model,
        doubts=tuple(doubt for doubt in twin.doubts if doubt != Doubt.NEIGHBOURS),
    )


def _moved_verdicts(twin: Grade, text: str) -> tuple[CriterionVerdict, ...] | None:
    """The twin's verdicts on this text, or None when a quote cannot be found in it."""
    source = twin.submission.text
    verdicts = []
    for stored in twin.verdicts.select_related("criterion"):
        spans = [_moved_span(source, start, end, text) for start, end in stored.evidence]
        if None in spans:
            return None
        verdicts.append(
            CriterionVerdict(
                criterion_id=stored.criterion.key,
                mark=Mark(stored.mark),
                evidence=tuple(span for span in spans if span is not None),
                justification=stored.justification,
                confidence=stored.confidence,
                credit=stored.expected_credit,
            )
        )
    return tuple(verdicts)


def _moved_span(source: str, start: int, end: int, target: str) -> Span | None:
    if source == target:
        return Span(start, end)
    return find_quote(target, source[start:end])
