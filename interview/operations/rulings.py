"""A person's ruling on somebody else's answer."""

from collections.abc import Mapping

from grading.models import Grade
from grading.operations.reviews import ReviewError, overrule
from interview.models import Answer, User


def rule_on_answer(
    *, answer: Answer, grade: Grade, marks: Mapping[str, str], reason: str, reviewer: User
) -> Grade:
    """Supersede the grade that the reviewer looked at. Raises ReviewError, also on one's own."""
    if answer.session.candidate_id == reviewer.pk:
        raise ReviewError("You gave this answer yourself. Ask another reviewer to rule on it.")
    return overrule(grade=grade, marks=marks, reason=reason, reviewer=reviewer)
