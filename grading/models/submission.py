import uuid

from django.db import models

from grading.models.account import Account
from grading.models.rubric import Rubric


class Submission(models.Model):
    """A candidate's submitted words, their one home: never changed, deleted to forget them.

    Written by ``operations.grades``; a regrade (``operations.batches``) gives it another policy.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="submissions")
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="submissions",
        help_text="Who pays for its grades.",
    )
    text = models.TextField(blank=True)
    normalised_hash = models.CharField(max_length=64, editable=False)
    # of the exact words: what their embedding is kept under
    content_hash = models.CharField(max_length=64, editable=False)
    policy = models.JSONField(
        default=dict, blank=True, help_text="Where its grading departs from this site's settings."
    )
    provisional_ok = models.BooleanField(
        default=False, help_text="A local grade may stand in while the API is away."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["rubric", "normalised_hash"], name="submission_twin"),
            models.Index(fields=["rubric", "content_hash"], name="submission_like"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
