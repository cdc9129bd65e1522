from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models


class Rubric(models.Model):
    """What an answer is graded against. Immutable: the same content is one row. Only whose it is
    may change, once, when people write what was here already.

    Written by ``operations.rubrics.ensure_rubric`` alone.
    """

    content_hash = models.CharField(max_length=64, unique=True, editable=False)
    question = models.TextField()
    reference_answer = models.TextField(blank=True)
    grader_notes = models.TextField(blank=True, help_text="Never shown to candidates.")
    by_people = models.BooleanField(
        default=True,
        help_text="A question that people wrote: no follow-up, and nothing that was measured.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.question[:80]


class Criterion(models.Model):
    """One thing a rubric looks for, or a misconception it looks out for."""

    class Kind(models.TextChoices):
        REQUIRED = "required", "Required"
        BONUS = "bonus", "Bonus"
        MISCONCEPTION = "misconception", "Misconception"

    rubric = models.ForeignKey(Rubric, on_delete=models.CASCADE, related_name="criteria")
    key = models.CharField(max_length=16)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.REQUIRED)
    weight = models.DecimalField(
        max_digits=5, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    text = models.TextField()

    class Meta:
        ordering = ["rubric", "position"]
        constraints = [
            models.UniqueConstraint(fields=["rubric", "key"], name="criterion_key_in_rubric"),
            models.CheckConstraint(condition=models.Q(weight__gt=0), name="criterion_weight_gt_0"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.text[:80]}"
