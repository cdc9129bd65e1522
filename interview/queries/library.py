"""What a person can sit, and what they can edit."""

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from interview.models import Answer, Question, QuestionSet, QuestionSetVersion, Topic, User


def published_version(question_set: QuestionSet) -> QuestionSetVersion | None:
    """The version that a new session binds to."""
    return (
        question_set.versions.filter(state=QuestionSetVersion.State.PUBLISHED)
        .order_by("-number")
        .first()
    )


def draft_version(question_set: QuestionSet) -> QuestionSetVersion | None:
    return question_set.versions.filter(state=QuestionSetVersion.State.DRAFT).first()


def readable_sets(user: User) -> QuerySet[QuestionSet]:
    """Sets within reach, drafts of one's own to edit included, each with ``latest_number`` and
    ``question_count`` of what is published; both None when nothing is."""
    published = _published()
    counted = published.annotate(count=Count("questions"))
    return (
        QuestionSet.objects.for_user(user)
        .select_related("team")
        .annotate(
            latest_number=Subquery(published.values("number")[:1]),
            question_count=Subquery(counted.values("count")[:1]),
        )
    )


def sets_to_sit(user: User) -> QuerySet[QuestionSet]:
    """Published sets within reach, each with ``latest_number`` and ``question_count``."""
    return readable_sets(user).filter(Exists(_published()))


def is_set_open(answer: Answer) -> bool:
    """Whether its candidate may still sit the set: who left the team may not, and nobody may where
    an answer was imported."""
    candidate = answer.session.candidate
    if candidate is None:
        return False
    return sets_to_sit(candidate).filter(pk=answer.session.version.question_set_id).exists()


def _published() -> QuerySet[QuestionSetVersion]:
    """Published versions of the set of an outer query, newest first."""
    return QuestionSetVersion.objects.filter(
        question_set=OuterRef("pk"), state=QuestionSetVersion.State.PUBLISHED
    ).order_by("-number")


def may_edit(user: User, question_set: QuestionSet) -> bool:
    return QuestionSet.objects.editable_by(user).filter(pk=question_set.pk).exists()


def readable_versions(user: User, question_set: QuestionSet) -> QuerySet[QuestionSetVersion]:
    """Newest first, each with ``question_count``; the draft only for those who may edit it."""
    versions = question_set.versions.annotate(question_count=Count("questions"))
    if not may_edit(user, question_set):
        versions = versions.filter(state=QuestionSetVersion.State.PUBLISHED)
    return versions.order_by("-number")


def topics_within(user: User) -> QuerySet[Topic]:
    """Topics that a set within reach asks about, and the topics above those."""
    questions = Question.objects.filter(
        version__question_set__in=QuestionSet.objects.for_user(user)
    )
    return Topic.objects.filter(
        Exists(questions.filter(topics=OuterRef("pk")))
        | Exists(questions.filter(topics__parent=OuterRef("pk")))
    ).select_related("parent")


def topics_of(version: QuestionSetVersion) -> QuerySet[Topic]:
    """Topics of a version's questions, each with ``question_count``."""
    return Topic.objects.filter(questions__version=version).annotate(
        question_count=Count("questions", distinct=True)
    )


def topics_to_practise(user: User) -> QuerySet[Topic]:
    """Topics of the sets within reach, those the person answered least first.

    Each with ``set_id`` and ``set_title`` of a set that asks about it, and ``answered``, the number
    of the person's submitted answers.
    """
    latest = (
        QuestionSetVersion.objects.filter(
            question_set__in=QuestionSet.objects.for_user(user),
            state=QuestionSetVersion.State.PUBLISHED,
        )
        .order_by("question_set_id", "-number")
        .distinct("question_set_id")
    )
    asking = Question.objects.filter(topics=OuterRef("pk"), version__in=latest.values("pk"))
    asking = asking.order_by("version", "position")
    given = (
        Answer.objects.for_candidate(user)
        .submitted()
        .without_follow_ups()
        .filter(question__topics=OuterRef("pk"))
        .order_by()
        .values("question__topics")
        .annotate(count=Count("pk"))
    )
    return (
        Topic.objects.annotate(
            set_id=Subquery(asking.values("version__question_set")[:1]),
            set_title=Subquery(asking.values("version__question_set__title")[:1]),
            answered=Coalesce(Subquery(given.values("count")), 0),
        )
        .filter(set_id__isnull=False)
        .order_by("answered", "order", "name")
    )
