"""A grade laid out for reading: points with their quotes, what was missing, earlier rulings."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.text import Truncator

from grading.models import Criterion, CriterionVerdict, Grade
from grading.queries.gains import gains_of
from interview.templatetags.viva import face
from interview.web.charts import Interval
from interview.web.evidence import Evidence, anchor_of
from interview.web.scores import interval_of, judge_name, sureness

QUOTE_WORDS = 14


@dataclass(frozen=True, slots=True)
class Quote:
    anchor: str
    words: str


@dataclass(frozen=True, slots=True)
class Point:
    """One criterion of a grade. ``earned`` is signed: an asserted misconception costs."""

    number: int
    verdict: CriterionVerdict
    shape: str
    earned: Decimal
    quotes: tuple[Quote, ...]
    gain: int  # points of 100 that making it good would add

    @property
    def criterion(self) -> Criterion:
        return self.verdict.criterion

    @property
    def is_misconception(self) -> bool:
        return self.criterion.kind == Criterion.Kind.MISCONCEPTION

    @property
    def share(self) -> str:
        """What it earned of its weight, in words."""
        if self.is_misconception:
            return f"Minus {plain(-self.earned)}" if self.earned else "Costs nothing"
        kind = "Bonus, " if self.criterion.kind == Criterion.Kind.BONUS else ""
        return f"{kind}{plain(self.earned)} of {plain(self.criterion.weight)}"


@dataclass(frozen=True, slots=True)
class Reading:
    """A finished grade as a page shows it. ``interval`` is None when there is no score."""

    grade: Grade
    interval: Interval | None
    judge: str
    sure: str
    points: tuple[Point, ...]

    @property
    def share(self) -> str:
        """What all points earned, of the weight of what is required."""
        required = [point.criterion for point in self.points]
        whole = sum((c.weight for c in required if c.kind == c.Kind.REQUIRED), Decimal(0))
        return (
            f"{plain(sum((point.earned for point in self.points), Decimal(0)))} of {plain(whole)}"
        )

    @property
    def missing(self) -> list[Point]:
        """What would raise the score, the most first."""
        lacking = [point for point in self.points if point.gain]
        return sorted(lacking, key=lambda point: (-point.gain, point.number))

    @property
    def evidence(self) -> list[Evidence]:
        return [
            Evidence(
                point.number,
                point.shape,
                face(point.verdict).word,
                tuple((start, end) for start, end in point.verdict.evidence),
            )
            for point in self.points
        ]


def read_grade(grade: Grade, text: str) -> Reading:
    """Lay out one grade of ``text``; its verdicts and their criteria are at hand."""
    gains = gains_of(grade) if grade.score is not None else {}
    return Reading(
        grade=grade,
        interval=interval_of(grade),
        judge=judge_name(grade),
        sure="" if grade.confidence is None else sureness(grade.confidence),
        points=tuple(
            Point(
                number=number,
                verdict=verdict,
                shape=face(verdict).css,
                earned=_earned(verdict),
                quotes=_quotes(number, verdict.evidence, text),
                gain=round(gains.get(verdict.criterion.key, 0) * 100),
            )
            for number, verdict in enumerate(grade.verdicts.all(), start=1)
        ),
    )


def plain(weight: Decimal) -> str:
    """A weight to one decimal, without idle zeros: "3", "1.5"."""
    return f"{round(float(weight), 1):g}"


def _earned(verdict: CriterionVerdict) -> Decimal:
    if verdict.criterion.kind == Criterion.Kind.MISCONCEPTION:
        asserted = verdict.mark == CriterionVerdict.Mark.CONTRADICTED
        return -verdict.criterion.weight if asserted else Decimal(0)
    return verdict.criterion.weight * verdict.credit


def _quotes(number: int, spans: Sequence[Sequence[int]], text: str) -> tuple[Quote, ...]:
    return tuple(
        Quote(anchor_of(number, place), Truncator(text[start:end]).words(QUOTE_WORDS, truncate="…"))
        for place, (start, end) in enumerate(sorted((span[0], span[1]) for span in spans))
    )
