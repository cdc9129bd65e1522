from django.contrib.auth.models import User

from interview.models.answer import Answer
from interview.models.follow_up import FollowUpQuestion
from interview.models.question_set import Question, QuestionSet, QuestionSetVersion
from interview.models.session import InterviewSession
from interview.models.team import Membership, Permission, Role, Team
from interview.models.token import ApiToken, Scope
from interview.models.topic import Topic

__all__ = [
    "Answer",
    "ApiToken",
    "FollowUpQuestion",
    "InterviewSession",
    "Membership",
    "Permission",
    "Question",
    "QuestionSet",
    "QuestionSetVersion",
    "Role",
    "Scope",
    "Team",
    "Topic",
    "User",
]
