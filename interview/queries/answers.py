"""Whose answers a person may read."""

from django.db.models import Q, QuerySet

from grading.models import Grade
from grading.queries.grades import with_verdicts
from interview.models import Answer, Permission, Team, User
from interview.queries.sessions import with_current_grade
from interview.queries.teams import may, membership_in


def readable_answers(user: User) -> QuerySet[Answer]:
    """Submitted answers: one's own, and those of teams where one's role may view answers."""
    return Answer.objects.for_user(user).submitted()


def answers_within(user: User) -> QuerySet[Answer]:
    """One's own answers, and what was submitted in any of one's teams, whatever one's role there.

    For telling "not there" from "not for you": ask ``may_read`` before showing one.
    """
    in_my_teams = Q(session__team__in=Team.objects.for_user(user), submission__isnull=False)
    return Answer.objects.filter(Q(session__candidate=user) | in_my_teams)


def may_read(user: User, answer: Answer) -> bool:
    return answer.session.candidate_id == user.pk or may_in_team(
        user, answer, Permission.VIEW_ANSWERS
    )


def may_in_team(user: User, answer: Answer, permission: Permission) -> bool:
    """Whether one's role in the answer's team grants it; without a team nobody's does."""
    team = answer.session.team
    membership = membership_in(user, team.slug) if team else None
    return membership is not None and may(membership, permission)


def with_origin(answers: QuerySet[Answer]) -> QuerySet[Answer]:
    """Who answered what, where, and how it was graded, in three queries however many answers."""
    return with_current_grade(
        answers.select_related(
            "question",
            "follow_up_of",
            "follow_up_question",
            "session__candidate",
            "session__team",
            "session__version__question_set",
        )
    )


def grades_of(answer: Answer) -> QuerySet[Grade]:
    """Every grade of an answer, verdicts at hand."""
    return with_verdicts(
        Grade.objects.filter(submission__answer=answer).select_related(
            "submission__answer", "ruled_by", "supersedes"
        )
    )
