"""An answer on the reviewer's desk: each criterion with what stands, and what can be ruled."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.forms.boundfield import BoundField

from grading.models import Criterion, Grade
from interview.web.forms.reviews import MISCONCEPTION_MARKS, POINT_MARKS, Mark, RulingForm, Segment
from interview.web.verdicts import Point, Reading, plain


@dataclass(frozen=True, slots=True)
class DeskPoint:
    """One criterion; ``point`` is None where the current grade says nothing of it, ``field`` and
    ``segments`` are empty for those who may not rule."""

    number: int
    criterion: Criterion
    point: Point | None
    field: BoundField | None
    segments: tuple[Segment, ...]

    @property
    def worth(self) -> str:
        """Kind and weight in words."""
        weight = plain(self.criterion.weight)
        return {
            Criterion.Kind.BONUS: f"Bonus, {weight}",
            Criterion.Kind.MISCONCEPTION: f"Minus {weight} when present",
        }.get(Criterion.Kind(self.criterion.kind), f"Weight {weight}")

    @property
    def standing(self) -> str:
        """The word of the mark that stands, among those to choose from; empty without one."""
        words = dict(MISCONCEPTION_MARKS if self.is_misconception else POINT_MARKS)
        return words[Mark(self.point.verdict.mark)] if self.point else ""

    @property
    def is_misconception(self) -> bool:
        return self.criterion.kind == Criterion.Kind.MISCONCEPTION


def desk_points(
    criteria: Sequence[Criterion], reading: Reading, form: RulingForm | None
) -> list[DeskPoint]:
    standing = {point.criterion.pk: point for point in reading.points}
    return [
        DeskPoint(
            number,
            criterion,
            standing.get(criterion.pk),
            form.field_of(criterion) if form else None,
            tuple(form.segments_of(criterion)) if form else (),
        )
        for number, criterion in enumerate(criteria, start=1)
    ]


def what_became(before: Grade, ruling: Grade) -> str:
    """A ruling in one sentence: the score, and the one it took the place of."""
    assert ruling.score is not None, "a ruling has a score"  # noqa: S101 - for mypy
    score = round(ruling.score * 100)
    if before.score is None:
        return f"Your ruling stands at {score} of 100. There was no score before."
    return f"Your ruling stands at {score} of 100; it was {round(before.score * 100)}."
