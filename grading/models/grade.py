import uuid
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from grading.grader.doubt import Doubt
from grading.models.rubric import Criterion
from grading.models.submission import Submission

IN_BATCH: Final = "batch"  # what a grade waits for that a batch run will finish, and no worker
LAST: Final = "turn"  # the same where nobody waits for it: whoever does goes first
# Whose words are taken; in a batch it takes them as long as that is out.
ASKED: Final = (Q(state__in=["running", "graded"]) | Q(waiting_for=IN_BATCH)) & ~Q(asked_hash="")
# A provisional grade whose judge is still to come.
GIVES_WAY: Final = Q(provisional=True) & ~Q(doubts__contains=[Doubt.GIVEN_UP.value])


class GradeQuerySet(models.QuerySet["Grade"]):
    def current(self) -> "GradeQuerySet":
        """The last word on each submission: nothing that is finished supersedes it.

        NOT EXISTS and not a null join, whose size the planner guesses as one row.
        """
        later = Grade.objects.filter(supersedes=OuterRef("pk")).spoken()
        return self.spoken().filter(~Exists(later))

    def spoken(self) -> "GradeQuerySet":
        """Without those under way to take another's place, which stands until they are finished."""
        under_way = Q(state__in=[Grade.State.PENDING, Grade.State.RUNNING])
        return self.exclude(under_way, supersedes__isnull=False)

    def for_a_person(self) -> "GradeQuerySet":
        """Where a judge was left in doubt, or came to no verdict at all."""
        return self.filter(~Q(doubts=[]) | Q(state=Grade.State.UNGRADED))


class Grade(models.Model):
    """One ruling on a submission, by a judge or by a person.

    PENDING → RUNNING → GRADED or UNGRADED(reason). Append-only: a regrade or a human ruling is a
    new row that supersedes. The row is the queue: a worker owns it from claim to finish.
    Written by ``operations``: by ``grades``, ``claims`` and ``running`` on its way, by ``reviews``,
    ``provisional``, ``kept_scores``, ``batch_items`` and ``batch_words`` in another's place;
    ``neighbours`` adds a doubt, ``twins`` notes who waits for it, or frees its words.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Queued"
        RUNNING = "running", "Grading"
        GRADED = "graded", "Graded"
        UNGRADED = "ungraded", "Could not grade"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="grades")
    supersedes = models.OneToOneField(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="superseded_by"
    )
    state = models.CharField(max_length=16, choices=State.choices, default=State.PENDING)
    reason = models.CharField(
        max_length=32, blank=True, help_text="The gate that decided, or why it could not be graded."
    )
    detail = models.TextField(blank=True)

    judge = models.CharField(max_length=64, blank=True)
    # two names where two models had a say
    model = models.CharField(max_length=160, blank=True)
    prompt_version = models.CharField(max_length=32, blank=True)
    score = models.FloatField(null=True, blank=True)
    confidence = models.FloatField(null=True, blank=True)
    feedback = models.TextField(blank=True)
    provisional = models.BooleanField(
        default=False,
        help_text="Stands in for a judge that is away, or that came and could not grade it.",
    )
    injection_suspected = models.BooleanField(default=False)
    doubts = models.JSONField(
        default=list, blank=True, help_text="Why a person should look; empty when nobody need to."
    )
    setup_hash = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text="Of the judge, its models, prompt and policy: the same words are judged once.",
    )
    asked_hash = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text="Of the words, rubric and setup that a model is asked about for this grade.",
    )
    is_awaited = models.BooleanField(
        default=False, help_text="Other answers of the same words wait for its verdict."
    )
    milliseconds = models.PositiveIntegerField(null=True, blank=True)

    ruled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    ruling_reason = models.TextField(blank=True)

    waiting_for = models.CharField(
        max_length=16, blank=True, help_text="What keeps a pending grade from being judged."
    )
    watched = models.BooleanField(
        default=False, help_text="Somebody waits for it at a page that shows its feedback grow."
    )
    created_at = models.DateTimeField()
    nudged_at = models.DateTimeField()
    claim = models.UUIDField(null=True, blank=True, editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    reserved = models.PositiveBigIntegerField(
        default=0, help_text="Micro-dollars held for its calls, as long as its claim lasts."
    )
    # [{"model": …, "most": micro-dollars or None}, …]: what a killed worker leaves of them
    open_calls = models.JSONField(
        default=list, blank=True, help_text="Calls of its claim that are not in the ledger yet."
    )
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = GradeQuerySet.as_manager()

    class Meta:
        constraints = [
            # With the one-to-one above this keeps a submission's grades one chain.
            models.UniqueConstraint(
                fields=["submission"],
                condition=Q(supersedes__isnull=True),
                name="grade_one_first_per_submission",
            ),
            # Nobody asks about the same words while somebody does, a batch that is out included, or
            # once there is a verdict.
            models.UniqueConstraint(
                fields=["asked_hash"],
                condition=ASKED,
                name="grade_words_asked_once",
            ),
            models.CheckConstraint(
                condition=Q(state="graded", score__range=(0, 1), confidence__range=(0, 1))
                | (~Q(state="graded") & Q(score__isnull=True)),
                name="grade_score_only_when_graded",
            ),
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("id")),
                name="grade_not_its_own_predecessor",
            ),
        ]
        indexes = [
            models.Index(fields=["nudged_at"], condition=Q(state="pending"), name="grade_pending"),
            models.Index(fields=["claimed_at"], condition=Q(state="running"), name="grade_running"),
            models.Index(fields=["submission"], condition=Q(reserved__gt=0), name="grade_reserved"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.state}"

    @property
    def is_finished(self) -> bool:
        return self.state in {self.State.GRADED, self.State.UNGRADED}

    @property
    def gives_way(self) -> bool:
        """Whether it is provisional, and the judge is still to come."""
        return self.provisional and Doubt.GIVEN_UP not in self.doubts

    @property
    def is_human(self) -> bool:
        return self.judge == "person"


class CriterionVerdict(models.Model):
    """What a grade says of one criterion; the score is computed from these."""

    class Mark(models.TextChoices):
        MET = "met", "Met"
        PARTIAL = "partial", "Partly met"
        NOT_MET = "not_met", "Missed"
        CONTRADICTED = "contradicted", "Contradicted"

    grade = models.ForeignKey(Grade, on_delete=models.CASCADE, related_name="verdicts")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    mark = models.CharField(max_length=16, choices=Mark.choices)
    # [[start, end], …] in characters of the submission's text, which alone holds the words
    evidence = models.JSONField(default=list, blank=True)
    justification = models.TextField(blank=True)
    confidence = models.FloatField(default=1.0)
    expected_credit = models.FloatField(
        null=True, blank=True, help_text="0 to 1, from a judge that tells credit finer than marks."
    )

    class Meta:
        ordering = ["grade", "criterion__position"]
        constraints = [
            models.UniqueConstraint(fields=["grade", "criterion"], name="verdict_once_a_criterion"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.mark}"

    @property
    def credit(self) -> Decimal:
        """Share of the criterion's weight that is earned: as expected, or as the mark says."""
        earns = self.mark in {self.Mark.MET, self.Mark.PARTIAL}
        if earns and self.expected_credit is not None:
            return Decimal(str(round(self.expected_credit, 4)))
        return {self.Mark.MET: Decimal(1), self.Mark.PARTIAL: Decimal("0.5")}.get(
            self.Mark(self.mark), Decimal(0)
        )
