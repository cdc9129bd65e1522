"""How a candidate is doing: every page of it takes the same few queries at any size."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Count,
    DateTimeField,
    ExpressionWrapper,
    F,
    FloatField,
    Max,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Exp, Extract, Ln, TruncWeek

from grading.models import Criterion, CriterionVerdict, Grade
from grading.models.grade import GIVES_WAY
from interview.models import Question, Topic, User
from interview.queries.mastery import HALF_LIFE, Estimate, Tally, estimate, share_after

WEEKS = 12
A_WEEK = timedelta(weeks=1)
MISSED_OFTEN = 2
Mark = CriterionVerdict.Mark


@dataclass(frozen=True, slots=True)
class TopicMastery:
    """A topic with the estimate that its answers support; ``low`` and ``high`` bound 90%."""

    topic: Topic
    answers: int
    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Week:
    """The overall estimate at a week's end, from all answers so far, and the week's own count."""

    starts: datetime
    answers: int
    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class MissedPoint:
    """A required point that went missing again and again; ``question`` is the latest to ask it."""

    text: str
    missed: int
    asked: int
    last_met: datetime | None
    question: Question


@dataclass(frozen=True, slots=True)
class Unscored:
    """How many submitted answers have no score that counts, and why: still waiting, or could not be
    graded."""

    waiting: int
    ungraded: int


def last_words(user: User) -> QuerySet[Grade]:
    """The current grade of each of a candidate's answers, whatever its state.

    Not of follow-ups: their points were asked for by name, after the verdict was read.
    """
    return Grade.objects.current().filter(
        submission__answer__session__candidate=user,
        submission__answer__follow_up_of__isnull=True,
    )


def graded(user: User) -> QuerySet[Grade]:
    """The last word on each of a candidate's answers, where there is a score that will stay."""
    return last_words(user).filter(state=Grade.State.GRADED, provisional=False)


def unscored(user: User) -> Unscored:
    State = Grade.State  # noqa: N806 - an enumeration's own name
    on_the_way = Q(state__in=[State.PENDING, State.RUNNING]) | GIVES_WAY
    given_up = Q(state=State.UNGRADED) | Q(provisional=True)
    return Unscored(
        **last_words(user).aggregate(
            waiting=Count("pk", filter=on_the_way),
            ungraded=Count("pk", filter=given_up & ~on_the_way),
        )
    )


def tallies(grades: QuerySet[Grade], *by: str, at: Combinable) -> list[dict[str, Any]]:
    """One row a group with ``answers``, ``weight``, ``total``, ``squares``, as old as they are
    ``at`` that moment."""
    age = Cast(Extract(at - F("submission__created_at"), "epoch"), output_field=FloatField())
    weight = Exp(-Ln(Value(2.0)) * age / Value(HALF_LIFE.total_seconds()))
    return list(
        grades.annotate(w=weight)
        .values(*by)
        .annotate(
            answers=Count("pk"),
            weight=Sum("w"),
            total=Sum(F("w") * F("score")),
            squares=Sum(F("w") * F("score") * F("score")),
        )
        .order_by()
    )


def tally_of(row: dict[str, Any]) -> Tally:
    return Tally(row["answers"], row["weight"], row["total"], row["squares"])


def mastery_by_topic(user: User, *, now: datetime) -> list[TopicMastery]:
    """Topics that were answered at least once, strongest first."""
    by = "submission__answer__question__topics"
    rows = {row[by]: tally_of(row) for row in tallies(graded(user), by, at=Value(now)) if row[by]}
    topics = Topic.objects.in_bulk(list(rows))
    found = [topic_mastery(topics[pk], tally) for pk, tally in rows.items()]
    return sorted(found, key=lambda mastery: (-mastery.estimate, mastery.topic.order))


def topic_mastery(topic: Topic, tally: Tally) -> TopicMastery:
    reached = estimate(tally)
    return TopicMastery(topic, tally.answers, reached.value, reached.low, reached.high)


def overall(user: User, *, now: datetime) -> tuple[Estimate, int]:
    """The estimate over everything answered, and the number of graded answers."""
    rows = tallies(graded(user), "submission__answer__session__candidate", at=Value(now))
    tally = tally_of(rows[0]) if rows else Tally()
    return estimate(tally), tally.answers


def by_week(user: User, *, now: datetime, weeks: int = WEEKS) -> list[Week]:
    """The overall estimate at each week's end, oldest first; weeks before the first answer left
    out. The running week ends now, so that the last point is what ``overall`` says."""
    week = TruncWeek("submission__created_at")
    week_end = ExpressionWrapper(F("week") + Value(A_WEEK), output_field=DateTimeField())
    rows = tallies(graded(user).annotate(week=week), "week", at=week_end)
    found = {row["week"]: tally_of(row) for row in rows}
    if not found:
        return []
    start, running, line = min(found), Tally(), list[Week]()
    while start <= now:
        end = start + A_WEEK
        this = found.get(start, Tally())
        running = running.aged(share_after(A_WEEK)) + this
        reached = estimate(running.aged(share_after(min(end, now) - end)))
        line.append(Week(start, this.answers, reached.value, reached.low, reached.high))
        start = end
    return line[-weeks:]


def missed_again(user: User, *, limit: int = 5) -> list[MissedPoint]:
    """Required points that were missed at least twice, the most often missed first."""
    rows = list(
        CriterionVerdict.objects.filter(
            grade__in=graded(user), criterion__kind=Criterion.Kind.REQUIRED
        )
        .values("criterion__text")
        .annotate(
            asked=Count("pk"),
            missed=Count("pk", filter=Q(mark__in=[Mark.NOT_MET, Mark.CONTRADICTED])),
            last_met=Max("grade__submission__created_at", filter=Q(mark=Mark.MET)),
            question=Max("grade__submission__answer__question"),
        )
        .filter(missed__gte=MISSED_OFTEN)
        .order_by("-missed", "asked", "criterion__text")[:limit]
    )
    questions = Question.objects.prefetch_related("topics").in_bulk(
        [row["question"] for row in rows]
    )
    return [
        MissedPoint(
            row["criterion__text"],
            row["missed"],
            row["asked"],
            row["last_met"],
            questions[row["question"]],
        )
        for row in rows
    ]
