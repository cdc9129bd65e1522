"""One answer of a batch run: judged by the replies that it has, and settled once."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from grading.grader.pipeline import grade as run_pipeline
from grading.grader.policy import Policy
from grading.grader.seam import Embedder, Judge
from grading.grader.text import storable
from grading.grader.verdict import Outcome, Ungraded
from grading.judges.base import Unjudgeable
from grading.llm.calls import NO_TOKENS, Asked, CallRecord, Reply, Request, Tokens
from grading.llm.prices import cost
from grading.models import BatchItem, Grade
from grading.operations.batch_words import leave_words, place_for_result, were_taken
from grading.operations.judging import make_reader, make_replaying_judge, opaque_id
from grading.operations.ledger import write_calls
from grading.operations.neighbours import flag_unlike_neighbours
from grading.operations.policies import policy_of, setup_hash
from grading.operations.running import model_of, write_outcome
from grading.operations.twins import announce_twins, find_twin, hash_of_words, verdict_of
from grading.queries.rubrics import material_of

if TYPE_CHECKING:
    from grading.llm.batches import Result

TRIES: Final = 6  # times that one answer is sent
OVERTAKEN: Final = "overtaken"  # somebody else has had the last word meanwhile
TRIED_ENOUGH: Final = "judge_away"
REFUSED: Final = Ungraded("bad_request", "The grader did not understand what it was sent.")
GIVEN_UP: Final = Ungraded(TRIED_ENOUGH, "The grader could not be asked, several times.")
PASSED_OVER: Final = Ungraded(OVERTAKEN, "Somebody else has had the last word meanwhile.")


@dataclass(frozen=True, slots=True)
class Judged:
    """What came out, and of which judge; None where none was asked. `asked_hash`: of the words that
    it was asked about, where it was and they are no twin's."""

    outcome: Outcome
    judge: Judge | None = None
    asked_hash: str = ""


@dataclass(frozen=True, slots=True)
class ToAsk:
    """The request that is to be sent next, and of which words; empty where they have a twin."""

    request: Request
    asked_hash: str


def todays_judge(embedder: Embedder, policy: Policy) -> Judge:
    """Who judges by this policy, for asking what it is. Raises `JudgeUnavailable`."""
    return make_replaying_judge(
        embedder, replies=(), keep_question=False, user_id="", policy=policy
    )


def judge_item(item: BatchItem, embedder: Embedder, *, keep_question: bool) -> ToAsk | Judged:
    """The outcome by twins, gates and the replies so far, or what is to be asked next.

    Exactly the checks of an answer that is judged alone.
    """
    material = material_of(item.submission)
    judge = make_replaying_judge(
        embedder,
        replies=[_reply_of(row) for row in item.replies],
        keep_question=keep_question,
        user_id=opaque_id(item.submission.public_id),
        policy=policy_of(item.submission),
        name=item.run.judge,
        reader=make_reader(material),
    )
    twin = find_twin(item.grade, judge)
    known = verdict_of(twin, item.grade) if twin else None
    if known is not None:
        return Judged(known, judge)
    asked_hash = "" if twin else hash_of_words(item.grade, judge)
    try:
        outcome = run_pipeline(material, judge, embedder)
    except Asked as asked:
        return ToAsk(asked.request, asked_hash)
    except Unjudgeable as error:
        return Judged(Ungraded(error.reason, str(error)), judge)
    return Judged(outcome, judge, asked_hash if item.replies else "")


def collect_result(item: BatchItem, result: "Result", embedder: Embedder) -> None:
    """Enter one result of a batch: its line in the ledger, and the grade or the next try."""
    calls = [_record_of(item, result)]
    judged: ToAsk | Judged | None = None
    if result.ending == "invalid":
        judged = Judged(REFUSED)
    elif result.reply is not None:
        item.replies = [*item.replies, _as_json(item.request_hash, result.reply)]
        judged = judge_item(item, embedder, keep_question=True)
    if not isinstance(judged, Judged) and item.tries >= TRIES:
        judged = Judged(GIVEN_UP)
    if isinstance(judged, Judged) and settle(item, judged, calls):
        return
    with transaction.atomic():
        if locked(item):
            item.state = BatchItem.State.WAITING
            item.save(update_fields=["state", "replies"])
            leave_words([item.grade_id])
            Grade.objects.filter(pk=item.grade_id).update(reserved=0)
            write_calls(grade_id=item.grade_id, calls=calls)


def is_overtaken() -> Exists:
    """Of items: whether somebody else has had the last word since the run began."""
    return Exists(Grade.objects.spoken().filter(supersedes=OuterRef("grade")))


def settle(item: BatchItem, judged: Judged, calls: Sequence[CallRecord] = ()) -> bool:
    """Supersede the old grade, or say why it is kept; once, whoever else tries. A first grade is
    finished.

    False, and nothing is done, where somebody else is asking about the words: theirs is the verdict
    on them, if they come to one.
    """
    try:
        result = _settled(item, judged, calls)
    except IntegrityError as error:
        if not were_taken(error):
            raise
        return False
    if result is not None:
        flag_unlike_neighbours(grade=result)
    return True


def _settled(item: BatchItem, judged: Judged, calls: Sequence[CallRecord]) -> Grade | None:
    """The new grade, or None where the old one is kept, or another worker was quicker."""
    with transaction.atomic():
        if not locked(item):
            return None
        grades = Grade.objects.select_for_update(of=("self",)).select_related("submission")
        old = grades.get(pk=item.grade_id)
        reason = _reason_to_keep(old, judged.outcome)
        result = None if reason else _finished(old, judged)
        state = BatchItem.State.KEPT if reason else BatchItem.State.REGRADED
        BatchItem.objects.filter(pk=item.pk).update(
            state=state, reason=reason, result=result, replies=[]
        )
        if result is None:
            leave_words([old.pk])
        Grade.objects.filter(pk=old.pk).update(reserved=0)
        write_calls(grade_id=result.pk if result else old.pk, calls=calls)
    return result


def locked(item: BatchItem) -> bool:
    """Hold the row, if it still is as it was read: another worker may have moved it on."""
    same = BatchItem.objects.filter(pk=item.pk, state=item.state, custom_id=item.custom_id)
    return bool(same.select_for_update())


def _reason_to_keep(old: Grade, outcome: Outcome) -> str:
    """A score is never taken away for want of another one."""
    if Grade.objects.spoken().filter(supersedes=old).exists():
        return OVERTAKEN
    if isinstance(outcome, Ungraded) and old.state == Grade.State.GRADED:
        return outcome.reason
    return ""


def _finished(old: Grade, judged: Judged) -> Grade:
    """The old grade, where it waited for this, or a new one in its place."""
    grade = place_for_result(old)
    grade.finished_at, grade.waiting_for, grade.reserved = timezone.now(), "", 0
    grade.asked_hash = judged.asked_hash
    if judged.judge is not None:
        grade.judge = judged.judge.name
        grade.model = model_of(judged.outcome, judged.judge)
        grade.prompt_version = judged.judge.prompt_version
        grade.setup_hash = setup_hash(judged.judge, grade.submission)
    write_outcome(grade, judged.outcome)
    if grade.is_awaited:
        announce_twins(grade)
    return grade


def _record_of(item: BatchItem, result: "Result") -> CallRecord:
    """The line of the ledger, at half price; nothing is billed without a reply."""
    if result.reply is None:
        code = {"invalid": "bad_request", "errored": "server_error"}.get(result.ending)
        return CallRecord(
            model=item.model,
            prompt_version=item.prompt_version,
            tokens=NO_TOKENS,
            micro_dollars=0,
            milliseconds=0,
            request_id=item.custom_id or "",
            error=code or f"batch_{result.ending}",
            batched=True,
        )
    tokens = result.reply.tokens
    today = datetime.now(UTC).date()
    return CallRecord(
        model=item.model,
        prompt_version=item.prompt_version,
        tokens=tokens,
        micro_dollars=cost(item.model, tokens, on=today, batch=True),
        milliseconds=0,
        request_id=result.reply.request_id,
        stop_reason=result.reply.stop_reason or "none",
        batched=True,
    )


def _as_json(request_hash: str, reply: Reply) -> dict[str, Any]:
    return {"answers": request_hash} | asdict(reply) | {"text": storable(reply.text)}


def _reply_of(row: Mapping[str, Any]) -> tuple[str, Reply]:
    fields = {name: value for name, value in row.items() if name != "answers"}
    return row["answers"], Reply(**fields | {"tokens": Tokens(**fields["tokens"])})
