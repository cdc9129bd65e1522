from django.conf import settings
from django.db import models
from django.db.models import Q


class QueuePause(models.Model):
    """A time in which no answer is taken to Claude, and why. Over once it is resumed, or `until`.

    `queue` is an opaque word for the key and server that it is about: with another key it says
    nothing. Where `probe_at` is set, one call at a time is let through to see whether it is over.
    Written by ``operations.queue``.
    """

    queue = models.CharField(max_length=64)
    reason = models.CharField(max_length=32, help_text="A failure's code, or by_hand.")
    detail = models.TextField(blank=True, help_text="For those who can mend it.")
    paused_at = models.DateTimeField()
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    until = models.DateTimeField(null=True, blank=True)
    probe_at = models.DateTimeField(null=True, blank=True)
    resumed_at = models.DateTimeField(null=True, blank=True)
    resumed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["queue"], condition=Q(resumed_at__isnull=True), name="queue_paused_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} since {self.paused_at:%Y-%m-%d %H:%M}"

    @property
    def is_by_hand(self) -> bool:
        return self.reason == "by_hand"
