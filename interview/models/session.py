import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from interview.models.question_set import QuestionSetVersion
from interview.models.team import Team
from interview.models.topic import Topic

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class InterviewSessionQuerySet(models.QuerySet["InterviewSession"]):
    def for_candidate(self, user: "User") -> "InterviewSessionQuerySet":
        return self.filter(candidate=user)


class InterviewSession(models.Model):
    """One sitting: a candidate, a published version, the questions chosen from it.

    Written by ``operations.sessions``.
    """

    class Mode(models.TextChoices):
        PRACTICE = "practice", "Practice"

    class State(models.TextChoices):
        ACTIVE = "active", "In progress"
        FINISHED = "finished", "Finished"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    candidate = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="interview_sessions"
    )
    # Whose reviewers may read it; without a team it is the candidate's alone.
    team = models.ForeignKey(
        Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="interview_sessions"
    )
    version = models.ForeignKey(
        QuestionSetVersion, on_delete=models.PROTECT, related_name="interview_sessions"
    )
    topics = models.ManyToManyField(Topic, blank=True, related_name="+")
    mode = models.CharField(max_length=16, choices=Mode.choices, default=Mode.PRACTICE)
    state = models.CharField(max_length=16, choices=State.choices, default=State.ACTIVE)
    position = models.PositiveSmallIntegerField(default=1, help_text="Where the candidate left.")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = InterviewSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        indexes = [
            models.Index(fields=["candidate", "-started_at"], name="session_of_candidate"),
            models.Index(fields=["team", "-started_at"], name="session_of_team"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE
