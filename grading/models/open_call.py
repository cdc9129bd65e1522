import uuid

from django.db import models

from grading.models.account import Account


class OpenCall(models.Model):
    """A call for no grade that is out just now; what it may cost is held as long as the row stands.

    It goes when its line is in the ledger, or when the call is not made after all; one that is out
    for longer than a lease is lost. Calls for a grade stand in ``Grade.open_calls`` instead.
    Written by ``operations.open_calls``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, null=True, blank=True, related_name="open_calls"
    )
    model = models.TextField()
    most = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="Micro-dollars it may cost; empty where no price is known."
    )
    opened_at = models.DateTimeField()

    class Meta:
        ordering = ["opened_at"]

    def __str__(self) -> str:
        return f"{self.model} since {self.opened_at:%H:%M:%S}"
