"""How a set's answers are graded, where that departs from the site's settings."""

from collections.abc import Mapping
from typing import Any

from grading.operations.policies import PolicyError, check_changes
from grading.operations.readiness import missing_model
from interview.models import QuestionSet

__all__ = ["PolicyError", "change_policy", "check_policy"]


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
