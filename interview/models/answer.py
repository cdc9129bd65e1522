import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from interview.models.question_set import Question
from interview.models.session import InterviewSession
from interview.models.team import Permission, Team

if TYPE_CHECKING:
    from django.contrib.auth.models import User


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


class Answer(models.Model):
    """A candidate's place at one question of a session: a draft until submitted, once.

    Written by ``operations.sessions`` (made) and ``operations.answers`` (draft, submit).
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(InterviewSession, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    position = models.PositiveSmallIntegerField()
    attempt = models.PositiveSmallIntegerField(default=1)
    draft = models.TextField(blank=True)
    draft_saved_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submission = models.OneToOneField(
        "grading.Submission", on_delete=models.PROTECT, null=True, blank=True, related_name="answer"
    )

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["session", "position"]
        constraints = [
            models.UniqueConstraint(fields=["session", "position"], name="answer_position"),
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
