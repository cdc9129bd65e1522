from django.db import models
from django.db.models import Q

from grading.models.submission import Submission


class HumanScore(models.Model):
    """What a person gave an answer before or beside the grader, from 0 to 1; never changed.

    ``position`` tells the first person's score from the second's. Written by
    ``operations.human_scores`` alone.
    """

    submission = models.ForeignKey(
        Submission, on_delete=models.CASCADE, related_name="human_scores"
    )
    position = models.PositiveSmallIntegerField(default=1)
    score = models.FloatField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["submission", "position"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "position"], name="human_score_once"),
            models.CheckConstraint(condition=Q(score__range=(0, 1)), name="human_score_range"),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.score:g}"
