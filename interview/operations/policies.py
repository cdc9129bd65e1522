"""How a set's answers are graded, where that departs from the site's settings."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from grading.operations.policies import PolicyError, check_changes, unpriced_models
from grading.operations.readiness import missing_model
from interview.models import QuestionSet

__all__ = ["PolicyError", "Uncounted", "change_policy", "check_policy", "uncounted_models"]


@dataclass(frozen=True, slots=True)
class Uncounted:
    """A model without a known price, which no cap stops: one of the site's own, or that of sets
    which depart from it."""

    model: str
    question_sets: tuple[QuestionSet, ...]

    @property
    def set_ids(self) -> list[int]:
        return [question_set.pk for question_set in self.question_sets]


def change_policy(
    *, question_set: QuestionSet, changes: Mapping[str, Any], follow_ups: bool
) -> None:
    """Keep these departures, all others gone; they hold for answers submitted from now on.
    `follow_ups`: whether a follow-up question is offered.

    Raises PolicyError, see `check_policy`.
    """
    question_set.grading = check_policy(question_set=question_set, changes=changes)
    question_set.follow_ups = follow_ups
    question_set.save(update_fields=["grading", "follow_ups"])


def check_policy(*, question_set: QuestionSet, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The departures as they can be kept; the set has its present ones.

    Raises PolicyError for what makes no sense, and for a model that is not there: asking for it
    would pause grading for everybody.
    """
    kept = check_changes(changes=changes)
    named = {kept[name] for name in ("first", "strong") if name in kept}
    known = {question_set.grading.get(name) for name in ("first", "strong")}
    for model in sorted(named - known):
        if problem := missing_model(model=model):
            raise PolicyError(f"{model} cannot be asked. {problem} Choose another model.")
    return kept


def uncounted_models(question_sets: Iterable[QuestionSet], *, on: date) -> list[Uncounted]:
    """Models that grade these sets, or would grade another, whose calls count for no budget."""
    of_site = unpriced_models({}, on=on)
    by_model: dict[str, list[QuestionSet]] = defaultdict(list)
    for question_set in question_sets:
        for model in unpriced_models(question_set.grading, on=on):
            by_model[model].append(question_set)
    own = [
        Uncounted(model, tuple(found)) for model, found in by_model.items() if model not in of_site
    ]
    return [*(Uncounted(model, ()) for model in of_site), *own]
