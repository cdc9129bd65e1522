from enum import StrEnum
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class Role(models.TextChoices):
    CANDIDATE = "candidate", "Candidate"
    INTERVIEWER = "interviewer", "Interviewer"
    REVIEWER = "reviewer", "Reviewer"
    ADMIN = "admin", "Admin"


class Permission(StrEnum):
    TAKE_INTERVIEW = "take_interview"
    EDIT_SETS = "edit_sets"
    VIEW_ANSWERS = "view_answers"
    OVERRULE = "overrule"
    VIEW_TEAM_PROGRESS = "view_team_progress"
    MANAGE_TEAM = "manage_team"


# The one permission table: pages, API and querysets all ask it.
ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.CANDIDATE: frozenset({Permission.TAKE_INTERVIEW}),
    Role.INTERVIEWER: frozenset(
        {
            Permission.TAKE_INTERVIEW,
            Permission.EDIT_SETS,
            Permission.VIEW_ANSWERS,
            Permission.VIEW_TEAM_PROGRESS,
        }
    ),
    Role.REVIEWER: frozenset(
        {
            Permission.TAKE_INTERVIEW,
            Permission.VIEW_ANSWERS,
            Permission.OVERRULE,
            Permission.VIEW_TEAM_PROGRESS,
        }
    ),
    Role.ADMIN: frozenset(Permission),
}


def roles_with(permission: Permission) -> list[Role]:
    return [role for role, granted in ROLE_PERMISSIONS.items() if permission in granted]


class TeamQuerySet(models.QuerySet["Team"]):
    def for_user(self, user: "User", permission: Permission | None = None) -> "TeamQuerySet":
        """Teams the person belongs to, or those where their role grants ``permission``."""
        if permission is None:
            return self.filter(memberships__user=user)
        return self.filter(memberships__user=user, memberships__role__in=roles_with(permission))


class Team(models.Model):
    """People who interview and review together. Written by ``operations.teams``."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    provisional_grades = models.BooleanField(
        default=False,
        help_text="While Claude is away, answers get a local grade at once, marked provisional.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person's role in one team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.CANDIDATE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="membership_once_a_team"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.role}"

    @property
    def permissions(self) -> frozenset[Permission]:
        return ROLE_PERMISSIONS[Role(self.role)]
