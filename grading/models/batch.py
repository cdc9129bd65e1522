import uuid

from django.db import models
from django.db.models import Q

from grading.models.grade import Grade
from grading.models.submission import Submission


class BatchRun(models.Model):
    """Grading many answers at half price: one batch after the other until all are settled.

    WAITING → SENDING → SENT → WAITING … → DONE. The label is a plain word of whoever asked
    ("set:7"); one run a label is under way at a time. A worker owns the run while its claim
    holds. SENDING without a claim: somebody died while handing a batch in.
    Written by ``operations.batches``, ``batch_rounds`` and ``batch_items``.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "To be sent"
        SENDING = "sending", "Being sent"
        SENT = "sent", "At the grader"
        DONE = "done", "Done"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    label = models.CharField(max_length=64)
    judge = models.CharField(max_length=16, blank=True, help_text="Empty: the one that is set.")
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    external_id = models.CharField(max_length=128, blank=True)
    answered = models.PositiveIntegerField(default=0, help_text="Of the batch at the grader.")
    detail = models.TextField(blank=True, help_text="Why it does not get on, for people.")
    stopping = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(help_text="When to look at it next.")
    claim = models.UUIDField(null=True, blank=True, editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["label"], condition=~Q(state="done"), name="batch_run_one_a_label"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=~Q(state="done"), name="batch_run_due"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.state}"

    @property
    def is_done(self) -> bool:
        return self.state == self.State.DONE


class BatchItem(models.Model):
    """One answer of a run. ``grade`` was its last word when the run began and stays it until
    ``result`` supersedes it, or for good: then ``reason`` says why. A first grade is its own
    ``result``: it was pending, and is finished here.

    ``custom_id`` names the request at the API, another one each time; the model, the prompt and
    ``request_hash`` are what was asked. ``replies`` did not settle it; emptied at the end.
    Written as the run is.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "To be sent"
        SENT = "sent", "At the grader"
        REGRADED = "regraded", "Graded"
        KEPT = "kept", "Grade kept"

    run = models.ForeignKey(BatchRun, on_delete=models.CASCADE, related_name="items")
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    grade = models.ForeignKey(Grade, on_delete=models.CASCADE, related_name="+")
    result = models.OneToOneField(
        Grade, on_delete=models.SET_NULL, null=True, blank=True, related_name="batch_item"
    )
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=32, blank=True)
    custom_id = models.CharField(max_length=64, null=True, blank=True, unique=True)
    model = models.CharField(max_length=64, blank=True)
    prompt_version = models.CharField(max_length=32, blank=True)
    request_hash = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    replies = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "submission"], name="batch_item_once_a_run"),
        ]
        indexes = [
            models.Index(fields=["run", "state"], name="batch_item_state"),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.state}"
