from django.db import models
from django.db.models import Q

from interview.models.answer import Answer


class FollowUpQuestion(models.Model):
    """What a follow-up asks, and what the answer to it is graded against.

    WRITING → WRITTEN or FAILED. The row is the queue: a worker owns it from claim to finish. Asked
    for once more, a failed one is written again. Written by ``operations.follow_ups``.
    """

    class State(models.TextChoices):
        WRITING = "writing", "Being written"
        WRITTEN = "written", "Written"
        FAILED = "failed", "Could not be written"

    class Author(models.TextChoices):
        CLAUDE = "claude", "Claude"
        LOCAL = "local", "Viva"
        STAND_IN = "stand_in", "Viva, as Claude could not"

    # The answer to be given. It is there from the start, so that the question has an address.
    answer = models.OneToOneField(
        Answer, on_delete=models.CASCADE, related_name="follow_up_question"
    )
    criterion = models.ForeignKey(
        "grading.Criterion",
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The point that the first answer missed.",
    )
    state = models.CharField(max_length=16, choices=State.choices, default=State.WRITING)
    text = models.TextField(blank=True)
    rubric = models.ForeignKey(
        "grading.Rubric", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    author = models.CharField(max_length=16, choices=Author.choices, blank=True)
    asked_at = models.DateTimeField()
    nudged_at = models.DateTimeField()
    claim = models.UUIDField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="written", rubric__isnull=False)
                | (~Q(state="written") & Q(rubric__isnull=True)),
                name="follow_up_rubric_when_written",
            ),
        ]
        indexes = [
            models.Index(
                fields=["nudged_at"], condition=Q(state="writing"), name="follow_up_writing"
            ),
        ]

    def __str__(self) -> str:
        return self.text or self.get_state_display()

    @property
    def is_written(self) -> bool:
        return self.state == self.State.WRITTEN
