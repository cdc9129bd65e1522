"""Who pays for a grade, as labels that grading keeps its accounts under."""

from typing import Final

from interview.models import QuestionSet, Team

LIBRARY: Final = "library"


def team_label(team: Team) -> str:
    return f"team:{team.pk}"


def set_label(team: Team, set_id: int) -> str:
    """A set in a team's hands; the library's sets are in those of every team that sits them."""
    return f"{team_label(team)}/set:{set_id}"


def library_labels(question_set: QuestionSet) -> tuple[str, str]:
    """Practice on a set of the library, which is on the house, within all such practice."""
    return LIBRARY, f"set:{question_set.pk}"


def payer_labels(team: Team | None, question_set: QuestionSet) -> tuple[str, str]:
    """The team that reads the sitting, or owns the set, and the set within it; without either the
    library and the set within that. The wider label first."""
    paying = team or question_set.team
    if paying is None:
        return library_labels(question_set)
    return team_label(paying), set_label(paying, question_set.pk)
