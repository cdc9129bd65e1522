"""Who pays for a grade, as labels that grading keeps its accounts under."""

from interview.models import QuestionSet, Team


def team_label(team: Team) -> str:
    return f"team:{team.pk}"


def set_label(team: Team, set_id: int) -> str:
    """A set in a team's hands; the library's sets are in those of every team that sits them."""
    return f"{team_label(team)}/set:{set_id}"


def payer_labels(team: Team | None, question_set: QuestionSet) -> tuple[str, ...]:
    """The team that reads the sitting, or owns the set, and the set within it; practice on the
    library's sets is on the house, set by set. The wider label first."""
    paying = team or question_set.team
    if paying is None:
        return (f"set:{question_set.pk}",)
    return team_label(paying), set_label(paying, question_set.pk)
