import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from interview.models.question_set import QuestionSetVersion
from interview.models.team import Team
from interview.models.topic import Topic

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class InterviewSessionQuerySet(models.QuerySet["InterviewSession"]):
    def for_candidate(self, user: "User") -> "InterviewSessionQuerySet":
        return self.filter(candidate=user)

    def imported(self) -> "InterviewSessionQuerySet":
        return self.filter(mode=InterviewSession.Mode.IMPORTED)


class InterviewSession(models.Model):
    """One sitting: a candidate, a published version, the questions chosen from it.

    An imported one was sat elsewhere: there is no candidate, only the ``label`` that the answers
    came with, and the version may be a draft. Written by ``operations.sessions``, imported ones by
    ``operations.past_answers``.
    """

    class Mode(models.TextChoices):
        PRACTICE = "practice", "Practice"
        IMPORTED = "imported", "Imported"

    class State(models.TextChoices):
        ACTIVE = "active", "In progress"
        FINISHED = "finished", "Finished"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    candidate = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="interview_sessions",
    )
    label = models.CharField(max_length=80, blank=True, help_text="Of whose answers it imported.")
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
        constraints = [
            models.CheckConstraint(
                condition=Q(mode="imported", candidate__isnull=True)
                | (~Q(mode="imported") & Q(candidate__isnull=False)),
                name="session_imported_or_sat",
            ),
        ]
        indexes = [
            models.Index(fields=["candidate", "-started_at"], name="session_of_candidate"),
            models.Index(fields=["team", "-started_at"], name="session_of_team"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def is_imported(self) -> bool:
        return self.mode == self.Mode.IMPORTED

    @property
    def who(self) -> str:
        """Whose answers these are, for the team's people."""
        if self.candidate is None:
            return self.label or "Somebody"
        return self.candidate.get_full_name() or self.candidate.get_username()

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE
