import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from grading.models import Rubric
from interview.models.question_set import Question
from interview.models.session import InterviewSession
from interview.models.team import Permission, Team

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from interview.models.follow_up import FollowUpQuestion


class AnswerQuerySet(models.QuerySet["Answer"]):
    def for_candidate(self, user: "User") -> "AnswerQuerySet":
        return self.filter(session__candidate=user)

    def for_user(self, user: "User") -> "AnswerQuerySet":
        """One's own answers, and those of teams where one's role may view answers."""
        teams = Team.objects.for_user(user, Permission.VIEW_ANSWERS)
        return self.filter(Q(session__candidate=user) | Q(session__team__in=teams))

    def for_team(self, team: Team) -> "AnswerQuerySet":
        return self.filter(session__team=team)

    def submitted(self) -> "AnswerQuerySet":
        return self.filter(submission__isnull=False)

    def without_follow_ups(self) -> "AnswerQuerySet":
        """What a sitting asks and progress counts: a follow-up is one more word on its first."""
        return self.filter(follow_up_of__isnull=True)


class Answer(models.Model):
    """A candidate's place at one question of a session: a draft until submitted, once.

    An answer to a follow-up question stands beside the one it follows, at the same place; what it
    was asked is its ``follow_up_question``. Written by ``operations.sessions`` and
    ``operations.follow_ups`` (made) and ``operations.answers`` (draft, submit).
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(InterviewSession, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    position = models.PositiveSmallIntegerField()
    attempt = models.PositiveSmallIntegerField(default=1)
    follow_up_of = models.OneToOneField(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="follow_up"
    )
    draft = models.TextField(blank=True)
    draft_saved_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submission = models.OneToOneField(
        "grading.Submission", on_delete=models.PROTECT, null=True, blank=True, related_name="answer"
    )

    if TYPE_CHECKING:
        follow_up: "Answer"
        follow_up_question: FollowUpQuestion

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["session", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "position"],
                condition=Q(follow_up_of__isnull=True),
                name="answer_position",
            ),
            models.CheckConstraint(
                condition=Q(submission__isnull=True, submitted_at__isnull=True)
                | Q(submission__isnull=False, submitted_at__isnull=False),
                name="answer_submitted_with_time",
            ),
        ]
        indexes = [
            models.Index(fields=["-submitted_at"], name="answer_newest"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def is_submitted(self) -> bool:
        return self.submission_id is not None

    @property
    def is_follow_up(self) -> bool:
        return self.follow_up_of_id is not None

    @property
    def takes_words(self) -> bool:
        """A follow-up comes after a verdict, and so, mostly, after the sitting's end."""
        return not self.is_submitted and (self.is_follow_up or self.session.is_active)

    @property
    def asks(self) -> str:
        """What is to be answered; nothing while the question is still being written."""
        return self.follow_up_question.text if self.is_follow_up else self.question.asks

    @property
    def minutes(self) -> int:
        """What it takes, about; a follow-up asks for one point."""
        return max(self.question.minutes // 2, 1) if self.is_follow_up else self.question.minutes

    @property
    def rubric(self) -> Rubric | None:
        """What it is graded against; None while the question is still being written."""
        return self.follow_up_question.rubric if self.is_follow_up else self.question.rubric
