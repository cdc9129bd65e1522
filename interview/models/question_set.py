from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from interview.models.team import Permission, Team
from interview.models.topic import Topic

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class QuestionSetQuerySet(models.QuerySet["QuestionSet"]):
    def for_user(self, user: "User") -> "QuestionSetQuerySet":
        """Published sets of the library and of the person's teams, and their own teams' drafts
        where they may edit."""
        published = Exists(
            QuestionSetVersion.objects.filter(
                question_set=OuterRef("pk"), state=QuestionSetVersion.State.PUBLISHED
            )
        )
        readable = Q(team__isnull=True) | Q(team__in=Team.objects.for_user(user))
        return self.filter(
            (readable & Q(published))
            | Q(team__in=Team.objects.for_user(user, Permission.EDIT_SETS))
        )

    def editable_by(self, user: "User") -> "QuestionSetQuerySet":
        return self.filter(team__in=Team.objects.for_user(user, Permission.EDIT_SETS))


class QuestionSet(models.Model):
    """A named collection of questions; without a team it belongs to the shared library.

    Written by ``operations.question_sets``.
    """

    team = models.ForeignKey(
        Team, on_delete=models.CASCADE, null=True, blank=True, related_name="question_sets"
    )
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=160)
    description = models.TextField(blank=True)
    grading = models.JSONField(
        default=dict,
        blank=True,
        help_text="Where grading its answers departs from this site's settings.",
    )
    follow_ups = models.BooleanField(
        default=True, help_text="Offer one follow-up question after a verdict."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = QuestionSetQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "slug"], nulls_distinct=False, name="set_slug_in_team"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class QuestionSetVersion(models.Model):
    """A draft that can be edited, or a published version that never changes again.

    Drafts are written by ``operations.question_sets`` and ``operations.questions``;
    ``operations.publishing`` turns one into a published version.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"

    question_set = models.ForeignKey(QuestionSet, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["question_set", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["question_set", "number"], name="version_number"),
            models.UniqueConstraint(
                fields=["question_set"], condition=Q(state="draft"), name="version_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_set} v{self.number}"

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED


class Question(models.Model):
    """A question in one version. ``key`` is its identity across versions and imports;
    ``rubric`` holds what answers to it are graded against. Written by ``operations.questions``.
    """

    version = models.ForeignKey(
        QuestionSetVersion, on_delete=models.CASCADE, related_name="questions"
    )
    key = models.SlugField(max_length=80)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    prompt = models.TextField(blank=True)
    minutes = models.PositiveSmallIntegerField(default=4)
    rubric = models.ForeignKey("grading.Rubric", on_delete=models.PROTECT, related_name="+")
    topics = models.ManyToManyField(Topic, related_name="questions", blank=True)

    class Meta:
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="question_key_in_version"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def asks(self) -> str:
        """What the candidate is asked: the prompt, or the title where there is none."""
        return self.prompt or self.title
