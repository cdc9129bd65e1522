"""The one draft that a set may have; published versions never change."""

from django.db import transaction

from interview.models import Question, QuestionSet, QuestionSetVersion
from interview.operations.past_answers import forget_answers


def open_draft(*, question_set: QuestionSet) -> QuestionSetVersion:
    """The set's draft; when there is none, the next version, copied from the latest."""
    with transaction.atomic():
        QuestionSet.objects.select_for_update().get(pk=question_set.pk)
        latest = question_set.versions.order_by("-number").first()
        if latest is not None and not latest.is_published:
            return latest
        draft = QuestionSetVersion.objects.create(
            question_set=question_set, number=latest.number + 1 if latest else 1
        )
        if latest is not None:
            _copy_questions(latest, draft)
    return draft


def discard_draft(*, question_set: QuestionSet) -> None:
    """Forget the draft and what was imported to it; what is published stays."""
    with transaction.atomic():
        drafts = question_set.versions.filter(state=QuestionSetVersion.State.DRAFT)
        forget_answers(questions=Question.objects.filter(version__in=drafts))
        drafts.delete()


def _copy_questions(source: QuestionSetVersion, target: QuestionSetVersion) -> None:
    originals = list(source.questions.prefetch_related("topics").order_by("position"))
    copies = Question.objects.bulk_create(
        Question(
            version=target,
            key=original.key,
            position=original.position,
            title=original.title,
            prompt=original.prompt,
            minutes=original.minutes,
            rubric_id=original.rubric_id,
        )
        for original in originals
    )
    through = Question.topics.through
    through.objects.bulk_create(
        through(question_id=copy.pk, topic_id=topic.pk)
        for copy, original in zip(copies, originals, strict=True)
        for topic in original.topics.all()
    )
