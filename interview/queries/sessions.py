"""Sittings and their answers, grades at hand."""

from typing import Final

from django.db.models import Count, Q, QuerySet

from grading.models import Grade
from grading.queries.grades import current_grades_prefetch
from interview.models import Answer, InterviewSession, User

MARKS: str = "submission__current_grades__verdicts__criterion"
FIRST: Final = Q(answers__follow_up_of__isnull=True)  # of a sitting: follow-ups are not counted


def own_sessions(user: User) -> QuerySet[InterviewSession]:
    """A candidate's sittings with what was sat and who may read it."""
    return InterviewSession.objects.for_candidate(user).select_related(
        "version__question_set", "team"
    )


def own_answers(user: User) -> QuerySet[Answer]:
    """A candidate's places, drafts too, with question, sitting and what was submitted."""
    return Answer.objects.for_candidate(user).select_related(
        "question",
        "session__candidate",
        "session__team",
        "session__version__question_set",
        "submission__rubric",
        "follow_up_of__submission",
        "follow_up_question",
    )


def counted_sessions(user: User) -> QuerySet[InterviewSession]:
    """A candidate's sittings with their topics, each with ``answered`` and ``asked``."""
    return (
        own_sessions(user)
        .prefetch_related("topics")
        .annotate(
            asked=Count("answers", filter=FIRST),
            answered=Count("answers", filter=FIRST & Q(answers__submission__isnull=False)),
        )
    )


def open_sessions(user: User) -> QuerySet[InterviewSession]:
    """Sittings to go on with, newest first, each with ``answered`` and ``asked``."""
    return (
        InterviewSession.objects.for_candidate(user)
        .filter(state=InterviewSession.State.ACTIVE)
        .select_related("version__question_set")
        .annotate(
            asked=Count("answers", filter=FIRST),
            answered=Count("answers", filter=FIRST & Q(answers__submission__isnull=False)),
        )
    )


def answers_of(session: InterviewSession) -> QuerySet[Answer]:
    """A sitting's answers in order, follow-ups left out; read ``answer.submission.current_grades``
    (one or none)."""
    places = session.answers.without_follow_ups().order_by("position")
    return with_current_grade(places.select_related("question"))


def with_current_grade(answers: QuerySet[Answer]) -> QuerySet[Answer]:
    """Two more queries however many answers; see ``grade_of``."""
    return answers.select_related("submission").prefetch_related(
        current_grades_prefetch("submission__grades")
    )


def grade_of(answer: Answer) -> Grade | None:
    """The current grade of an answer read through ``with_current_grade``; None for a draft."""
    if answer.submission is None:
        return None
    grades: list[Grade] = getattr(answer.submission, "current_grades")  # noqa: B009 - set by the prefetch
    return grades[0]


def with_marks(answers: QuerySet[Answer]) -> QuerySet[Answer]:
    """On top of ``with_current_grade``: each current grade's verdicts and their criteria."""
    return answers.prefetch_related(MARKS)


def open_place(session: InterviewSession, *, at: int) -> Answer | None:
    """The first place from ``at`` on without a submitted answer, then from the start again."""
    places = session.answers.without_follow_ups().filter(submission__isnull=True)
    places = places.select_related("question")
    places = places.order_by("position")
    return places.filter(position__gte=at).first() or places.first()


def recent_answers(user: User) -> QuerySet[Answer]:
    """A candidate's submitted answers, newest first; a follow-up is read with what it follows."""
    answers = Answer.objects.for_candidate(user).submitted().without_follow_ups()
    answers = answers.order_by("-submitted_at")
    return with_current_grade(answers.select_related("question", "session__version__question_set"))


def attempts_at(answer: Answer) -> QuerySet[Answer]:
    """Every submitted attempt of the same candidate at the same question, newest first."""
    if answer.session.candidate is None:
        return with_current_grade(Answer.objects.filter(pk=answer.pk).select_related("question"))
    answers = (
        Answer.objects.for_candidate(answer.session.candidate)
        .submitted()
        .without_follow_ups()
        .filter(
            question__key=answer.question.key,
            session__version__question_set_id=answer.session.version.question_set_id,
        )
        .order_by("-submitted_at")
    )
    return with_current_grade(answers.select_related("question"))
