"""Sittings: started, continued, finished."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from interview.models import (
    Answer,
    InterviewSession,
    Question,
    QuestionSetVersion,
    Team,
    Topic,
    User,
)


class SessionError(Exception):
    """A sitting that cannot go on as asked; the message says why."""


def start_session(
    *,
    candidate: User,
    version: QuestionSetVersion,
    topics: Sequence[Topic] = (),
    team: Team | None = None,
    questions: Sequence[Question] | None = None,
    limit: int | None = None,
) -> InterviewSession:
    """Open a sitting with a place for an answer at each chosen question, in the version's order.

    ``questions`` names them outright; otherwise all of ``topics``, or all there are; of more than
    ``limit``, those the candidate answered least often. Raises SessionError when the version is a
    draft or nothing is left to ask.
    """
    if not version.is_published:
        raise SessionError("This version is a draft. Publish it before anyone sits it.")
    possible = list(questions) if questions is not None else _on_topics(version, topics)
    earlier = _earlier_attempts(candidate, version, possible)
    chosen = _least_answered(possible, earlier, limit)
    if not chosen:
        raise SessionError("There is no question on these topics. Pick others.")
    with transaction.atomic():
        session = InterviewSession.objects.create(
            candidate=candidate, team=team, version=version, started_at=timezone.now()
        )
        session.topics.set(topics)
        Answer.objects.bulk_create(
            Answer(
                session=session,
                question=question,
                position=position,
                attempt=earlier.get(question.key, 0) + 1,
            )
            for position, question in enumerate(chosen, start=1)
        )
    return session


def retry_answer(*, answer: Answer) -> InterviewSession:
    """A sitting of one question, to answer it again; one that is open already is gone on with.

    The candidate gets the latest published wording when the question is still asked.
    """
    candidate = answer.session.candidate
    if candidate is None:
        raise SessionError("An imported answer is nobody's to try again.")
    if answer.is_follow_up:
        raise SessionError("A follow-up question is asked once. Try its first question again.")
    question_set = answer.session.version.question_set
    latest = question_set.versions.filter(state=QuestionSetVersion.State.PUBLISHED).first()
    question = latest.questions.filter(key=answer.question.key).first() if latest else None
    question = question or answer.question
    alone = (
        InterviewSession.objects.for_candidate(candidate)
        .filter(state=InterviewSession.State.ACTIVE, team=answer.session.team)
        .annotate(places=Count("answers", filter=Q(answers__follow_up_of__isnull=True)))
        .filter(places=1, answers__question=question)
    )
    return alone.first() or start_session(
        candidate=candidate,
        version=question.version,
        team=answer.session.team,
        questions=[question],
    )


def remember_place(*, session: InterviewSession, position: int) -> None:
    """Where the candidate was last, to come back to."""
    InterviewSession.objects.filter(pk=session.pk).exclude(position=position).update(
        position=position
    )


def finish_session(*, session: InterviewSession) -> None:
    """End the sitting; drafts that were not submitted stay drafts and are not graded."""
    InterviewSession.objects.filter(pk=session.pk, state=InterviewSession.State.ACTIVE).update(
        state=InterviewSession.State.FINISHED, finished_at=timezone.now()
    )


def _on_topics(version: QuestionSetVersion, topics: Sequence[Topic]) -> list[Question]:
    questions = version.questions.order_by("position")
    if topics:
        questions = questions.filter(topics__in=topics).distinct()
    return list(questions)


def _least_answered(
    questions: Sequence[Question], earlier: Mapping[str, int], limit: int | None
) -> list[Question]:
    """Up to ``limit`` questions in their order, so that the next sitting brings the next ones."""
    seldom_first = sorted(questions, key=lambda question: earlier.get(question.key, 0))
    kept = {question.pk for question in seldom_first[:limit]}
    return [question for question in questions if question.pk in kept]


def _earlier_attempts(
    candidate: User, version: QuestionSetVersion, questions: Sequence[Question]
) -> dict[str, int]:
    """How often each question of the set was answered before, in any version, by key."""
    return dict(
        Answer.objects.submitted()
        .without_follow_ups()
        .filter(
            session__candidate=candidate,
            session__version__question_set_id=version.question_set_id,
            question__key__in=[question.key for question in questions],
        )
        .values_list("question__key")
        .annotate(count=Count("pk"))
        .order_by()
    )
