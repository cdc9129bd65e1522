"""Why an answer could not be graded, in words, and what can be done about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from grading.models import Grade
from interview.models import Team

REASONS = {
    "too_long": "It is longer than what can be graded.",
    "no_criteria": "The question has no required criteria to grade against yet.",
    "judge_failed": "The grader gave a verdict that does not fit the question's criteria, so it "
    "was thrown away.",
    "refused": "The grader declined to judge it. Some questions about security and about models "
    "set off its caution; that says nothing about the answer.",
    "truncated": "The grader's verdict was longer than it may be.",
    "reply_cut": "The grader stopped before it had come to a verdict.",
    "judge_away": "The grader could not be reached, however often it was tried.",
    "bad_request": "The grader could not take it in the form it was sent. The operators of this "
    "site can see why.",
    "too_large": "The question and the answer together are longer than the grader can read.",
    "unprocessable": "The grader could not make anything of what it was sent.",
    "stopped": "Grading was stopped before it was its turn.",
    "worker_lost": "The grader stopped several times while it worked on this answer.",
}
UNKNOWN = "The grader could not come to a verdict."
POINTLESS = {"no_criteria"}  # another attempt would end the same


@dataclass(frozen=True, slots=True)
class Why:
    reason: str
    way_on: str
    can_retry: bool


def failed_grade(history: Sequence[Grade]) -> Grade:
    """The last word, or the grade before it where that failed and a provisional score was kept.
    ``history`` is the newest first."""
    last = history[0]
    return history[1] if last.provisional and not last.gives_way else last


def why_ungraded(grade: Grade, team: Team | None, *, is_asked_once: bool = False) -> Why | None:
    """None for a grade that has a score. A question that is asked once has no other try."""
    if grade.state != Grade.State.UNGRADED:
        return None
    can_retry = grade.reason not in POINTLESS and not is_asked_once
    ways = []
    if team is not None:
        ways.append(f"The reviewers of {team.name} can see it and rule on it.")
    if can_retry:
        shorter = " with a shorter answer" if grade.reason == "too_long" else ""
        ways.append(f"You can try again{shorter}.")
    elif team is None and not is_asked_once:
        ways.append("It can be tried again when the question has some.")
    return Why(REASONS.get(grade.reason, UNKNOWN), " ".join(ways), can_retry)
