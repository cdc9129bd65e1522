"""Doors: what is out of reach does not exist (404); what is within it may still be closed (403)."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from interview.models import Answer, InterviewSession, Permission, Team, User
from interview.queries.answers import answers_within, may_in_team, may_read, with_origin
from interview.queries.sessions import counted_sessions
from interview.queries.teams import may, membership_in


def find_team(user: User, slug: str, permission: Permission) -> Team:
    """A team of one's own where one's role grants `permission`."""
    membership = membership_in(user, slug)
    if membership is None:
        raise Http404("No such team.")
    if not may(membership, permission):
        raise PermissionDenied(
            f"Your role in {membership.team} is {membership.get_role_display()}, which does not "
            "open this. An admin of the team can change that."
        )
    return membership.team


def find_session(user: User, session_id: UUID) -> InterviewSession:
    return get_object_or_404(counted_sessions(user), public_id=session_id)


def find_answer(user: User, answer_id: UUID) -> Answer:
    """An answer to read, with everything its detail shows."""
    answers = with_origin(answers_within(user)).select_related(
        "submission__rubric", "session__candidate", "session__team"
    )
    answer = get_object_or_404(answers, public_id=answer_id)
    if not may_read(user, answer):
        raise PermissionDenied("Your role in this team does not open other people's answers.")
    return answer


def find_answer_to_rule_on(user: User, answer_id: UUID) -> Answer:
    answer = find_answer(user, answer_id)
    if not may_in_team(user, answer, Permission.OVERRULE):
        raise PermissionDenied("Only the team's reviewers overrule grades.")
    return answer


def find_graded_answer(user: User, grade_id: UUID) -> Answer:
    """The answer that a grade is about."""
    about = answers_within(user).filter(submission__grades__public_id=grade_id)
    return find_answer(user, get_object_or_404(about).public_id)
