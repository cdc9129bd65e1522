"""Questions of a draft: written, moved, removed."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Max
from django.utils.text import slugify

from grading.operations.rubrics import CriterionText, ensure_rubric
from interview.models import Question, QuestionSetVersion, Topic
from interview.operations.past_answers import forget_answers


class QuestionError(Exception):
    """A change that a question cannot take; the message says why."""


@dataclass(frozen=True, slots=True)
class QuestionText:
    """All of a question that people write. An empty prompt means that the title asks."""

    title: str
    prompt: str
    reference_answer: str
    criteria: tuple[CriterionText, ...]
    topics: frozenset[Topic]
    grader_notes: str = ""
    minutes: int = 4


def add_question(*, version: QuestionSetVersion, text: QuestionText, key: str = "") -> Question:
    """Append a question to a draft; its key is made from the title when none is given."""
    with transaction.atomic():
        lock_draft(version)
        last = version.questions.aggregate(last=Max("position"))["last"] or 0
        question = Question(
            version=version, key=key or free_key(version, text.title), position=last + 1
        )
        return _write(question, text)


def change_question(*, question: Question, text: QuestionText) -> bool:
    """Rewrite a draft's question; False when nothing was different."""
    with transaction.atomic():
        lock_draft(question.version)
        if text_of(question) == text:
            return False
        _write(question, text)
    return True


def remove_question(*, question: Question) -> None:
    """Take a question out of a draft and close the gap; what was imported to it goes with it."""
    with transaction.atomic():
        lock_draft(question.version)
        question.version.questions.filter(position__gt=question.position).update(
            position=F("position") - 1
        )
        forget_answers(questions=[question])
        question.delete()


def move_question(*, question: Question, by: int) -> None:
    """Swap places with the neighbour above (-1) or below (1); at the end nothing happens."""
    with transaction.atomic():
        lock_draft(question.version)
        neighbour = question.version.questions.filter(position=question.position + by).first()
        if neighbour is None:
            return
        neighbour.position, question.position = question.position, neighbour.position
        Question.objects.bulk_update([neighbour, question], ["position"])


def text_of(question: Question) -> QuestionText:
    """What people wrote, for forms and for telling whether anything changed."""
    rubric = question.rubric
    return QuestionText(
        title=question.title,
        prompt=question.prompt,
        reference_answer=rubric.reference_answer,
        criteria=tuple(
            CriterionText(row.kind, row.weight, row.text) for row in rubric.criteria.all()
        ),
        topics=frozenset(question.topics.all()),
        grader_notes=rubric.grader_notes,
        minutes=question.minutes,
    )


def lock_draft(version: QuestionSetVersion) -> None:
    """Serialise writers of one draft; raises QuestionError when it is published already."""
    locked = QuestionSetVersion.objects.select_for_update().get(pk=version.pk)
    if locked.is_published:
        raise QuestionError("A published version never changes. Open a draft of the next one.")


def free_key(version: QuestionSetVersion, title: str) -> str:
    base = slugify(title)[:70].strip("-") or "question"
    taken = set(version.questions.filter(key__startswith=base).values_list("key", flat=True))
    candidates = [base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))]
    return next(key for key in candidates if key not in taken)


def _write(question: Question, text: QuestionText) -> Question:
    question.title, question.prompt, question.minutes = text.title, text.prompt, text.minutes
    question.rubric = ensure_rubric(
        question=text.prompt or text.title,
        reference_answer=text.reference_answer,
        grader_notes=text.grader_notes,
        criteria=text.criteria,
    )
    question.save()
    question.topics.set(text.topics)
    return question
