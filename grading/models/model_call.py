from django.db import models
from django.db.models import Q

from grading.models.account import Account
from grading.models.grade import Grade


class ModelCall(models.Model):
    """A line of the ledger: one call to a model, whether it worked or not. Never changed.

    A call whose worker died is "lost": nobody knows what it took, so it counts as the most that it
    can have cost. Should the worker live after all, its own lines take the place of that one.
    A line holds no words of anybody, so it outlives the grade it was made for. A call that is out
    has none yet: it stands in ``Grade.open_calls``, or in ``OpenCall`` where it is for no grade.
    Written by ``operations.ledger``.
    """

    grade = models.ForeignKey(
        Grade, on_delete=models.SET_NULL, null=True, blank=True, related_name="calls"
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, related_name="calls"
    )
    model = models.CharField(max_length=64)
    prompt_version = models.CharField(max_length=32)
    input_tokens = models.PositiveIntegerField()
    cache_write_5m_tokens = models.PositiveIntegerField()
    cache_write_1h_tokens = models.PositiveIntegerField()
    cache_read_tokens = models.PositiveIntegerField()
    output_tokens = models.PositiveIntegerField()
    micro_dollars = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Millionths of a dollar; empty where no price is known."
    )
    milliseconds = models.PositiveIntegerField()
    request_id = models.CharField(max_length=128, blank=True)
    stop_reason = models.CharField(max_length=32, blank=True)
    error = models.CharField(
        max_length=32, blank=True, help_text="Why it failed; empty for a call that got a reply."
    )
    batched = models.BooleanField(default=False, help_text="Came in a batch, at half price.")
    lost_claim = models.UUIDField(
        null=True,
        blank=True,
        editable=False,
        help_text="The hold on the grade that ran out, or the open call.",
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["created_at"], name="call_by_time"),
            models.Index(fields=["account", "created_at"], name="call_by_account"),
            models.Index(
                fields=["lost_claim"], condition=Q(lost_claim__isnull=False), name="call_lost"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.error or self.stop_reason}"
