"""What a team's interviewers work on."""

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from interview.models import Question, QuestionSet, QuestionSetVersion, Team, Topic


def sets_of_team(team: Team) -> QuerySet[QuestionSet]:
    """The team's sets, each with ``published_number``, ``draft_number`` (None where there is
    none) and ``question_count`` of the version that is worked on."""
    versions = QuestionSetVersion.objects.filter(question_set=OuterRef("pk")).order_by("-number")
    counted = versions.annotate(count=Count("questions"))
    return team.question_sets.annotate(
        published_number=Subquery(
            versions.filter(state=QuestionSetVersion.State.PUBLISHED).values("number")[:1]
        ),
        draft_number=Subquery(
            versions.filter(state=QuestionSetVersion.State.DRAFT).values("number")[:1]
        ),
        question_count=Subquery(counted.values("count")[:1]),
    )


def working_version(question_set: QuestionSet) -> QuestionSetVersion | None:
    """The draft, or the latest published version while there is none."""
    return question_set.versions.order_by("-number").first()


def versions_of(question_set: QuestionSet) -> QuerySet[QuestionSetVersion]:
    """All versions, newest first, each with ``question_count``."""
    return (
        question_set.versions.select_related("published_by")
        .annotate(question_count=Count("questions"))
        .order_by("-number")
    )


def questions_to_edit(version: QuestionSetVersion) -> QuerySet[Question]:
    """A version's questions in order, with rubric, criteria and topics at hand."""
    return (
        version.questions.order_by("position")
        .select_related("rubric", "version")
        .prefetch_related("rubric__criteria", "topics")
    )


def topics_for_team(team: Team) -> QuerySet[Topic]:
    """Topics of the library's questions and of the team's own; other teams' stay theirs."""
    own = Q(questions__version__question_set__team=team)
    library = Q(questions__version__question_set__team__isnull=True, questions__isnull=False)
    return Topic.objects.filter(pk__in=Topic.objects.filter(own | library).values("pk"))
