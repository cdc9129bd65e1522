"""Reading batch runs: what there is to grade again, and how far it is."""

from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet, Sum

from grading.models import BatchItem, BatchRun, Grade, ModelCall, Submission
from grading.models.grade import GIVES_WAY


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, in answers. Of the ``regraded``, ``raised`` and ``lowered`` have another
    score than before and ``scored`` have one for the first time; ``kept`` keep the grade they had,
    for the ``reasons`` counted. ``micro_dollars`` is what it cost so far.
    """

    total: int
    at_grader: int
    answered: int
    regraded: int
    raised: int
    lowered: int
    scored: int
    kept: int
    reasons: tuple[tuple[str, int], ...]
    micro_dollars: int

    @property
    def settled(self) -> int:
        return self.regraded + self.kept

    @property
    def changed(self) -> int:
        return self.raised + self.lowered + self.scored

    @property
    def done(self) -> int:
        """Settled, or answered in the batch that is at the grader."""
        return min(self.settled + min(self.answered, self.at_grader), self.total)

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100


def progress(run: BatchRun) -> Progress:
    """In three queries, however many answers."""
    states = BatchItem.State
    regraded = Q(state=states.REGRADED)
    counts = run.items.aggregate(
        total=Count("pk"),
        at_grader=Count("pk", filter=Q(state=states.SENT)),
        regraded=Count("pk", filter=regraded),
        raised=Count("pk", filter=regraded & Q(result__score__gt=F("grade__score"))),
        lowered=Count("pk", filter=regraded & Q(result__score__lt=F("grade__score"))),
        scored=Count(
            "pk",
            filter=regraded & Q(grade__score__isnull=True, result__score__isnull=False),
        ),
        kept=Count("pk", filter=Q(state=states.KEPT)),
    )
    kept = run.items.filter(state=states.KEPT).values_list("reason")
    reasons = kept.annotate(count=Count("pk")).order_by("-count", "reason")
    return Progress(
        **counts,
        answered=run.answered,
        reasons=tuple(reasons),
        micro_dollars=_cost(run),
    )


def _cost(run: BatchRun) -> int:
    """Calls hang on the new grade, or on the old one where there is none (yet)."""
    new = Q(grade__in=run.items.values("result"))
    old = Q(grade__in=run.items.values("grade"), created_at__gte=run.created_at)
    total: int | None = ModelCall.objects.filter(new | old).aggregate(sum=Sum("micro_dollars"))[
        "sum"
    ]
    return total or 0


def latest_run(label: str) -> BatchRun | None:
    return BatchRun.objects.filter(label=label).order_by("-pk").first()


def regradable(submissions: QuerySet[Submission], *, setup_hash: str) -> QuerySet[Grade]:
    """Current grades that were not given by this very judge, see ``operations.policies``.

    A person's ruling stands, and what is still being graded, or only provisionally, will be by
    today's judge anyway.
    """
    up_to_date = Q(state=Grade.State.GRADED, setup_hash=setup_hash)
    return finished(submissions).exclude(judge="person").exclude(up_to_date | GIVES_WAY)


def finished(submissions: QuerySet[Submission]) -> QuerySet[Grade]:
    """The last word on each of them, where there is one."""
    states = (Grade.State.GRADED, Grade.State.UNGRADED)
    return Grade.objects.current().filter(submission__in=submissions, state__in=states)


def waiting_by_rubric(run: BatchRun) -> dict[int, int]:
    """How many different answers wait to be sent, by rubric."""
    waiting = run.items.filter(state=BatchItem.State.WAITING)
    counted = waiting.values_list("submission__rubric").annotate(
        count=Count("submission__normalised_hash", distinct=True)
    )
    return dict(counted.order_by())
