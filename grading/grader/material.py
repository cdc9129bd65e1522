"""What a judge is given: one question, what a good answer says, and one answer."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    REQUIRED = "required"
    BONUS = "bonus"
    MISCONCEPTION = "misconception"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One proposition that an answer either makes or does not make.

    `id` is unique within its rubric ("c1", "c2", …); `weight` is above zero for every kind:
    a misconception's weight is what asserting it costs.
    """

    id: str
    text: str
    kind: Kind
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Material:
    """Everything a grade may depend on. `grader_notes` are never shown to a candidate."""

    question: str
    reference_answer: str
    criteria: tuple[Criterion, ...]
    answer: str
    grader_notes: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """All words in it, whoever wrote them."""
        points = tuple(criterion.text for criterion in self.criteria)
        return (self.question, self.reference_answer, *points, self.answer, self.grader_notes)
