"""What a person can sit, and what they can edit."""

from django.db.models import Count, OuterRef, QuerySet, Subquery

from interview.models import QuestionSet, QuestionSetVersion, Topic, User


def published_version(question_set: QuestionSet) -> QuestionSetVersion | None:
    """The version that a new session binds to."""
    return (
        question_set.versions.filter(state=QuestionSetVersion.State.PUBLISHED)
        .order_by("-number")
        .first()
    )


def draft_version(question_set: QuestionSet) -> QuestionSetVersion | None:
    return question_set.versions.filter(state=QuestionSetVersion.State.DRAFT).first()


def sets_to_sit(user: User) -> QuerySet[QuestionSet]:
    """Published sets within reach, each with ``latest_number`` and ``question_count``."""
    published = QuestionSetVersion.objects.filter(
        question_set=OuterRef("pk"), state=QuestionSetVersion.State.PUBLISHED
    ).order_by("-number")
    counted = published.annotate(count=Count("questions"))
    return (
        QuestionSet.objects.for_user(user)
        .select_related("team")
        .annotate(
            latest_number=Subquery(published.values("number")[:1]),
            question_count=Subquery(counted.values("count")[:1]),
        )
        .filter(latest_number__isnull=False)
    )


def topics_of(version: QuestionSetVersion) -> QuerySet[Topic]:
    """Topics of a version's questions, each with ``question_count``."""
    return Topic.objects.filter(questions__version=version).annotate(
        question_count=Count("questions", distinct=True)
    )
