"""The queue of answers, as far as a team sees it, and who may hold it up."""

from django.db.models import QuerySet

from grading.models import Grade, QueuePause
from interview.models import Team, User


def grades_for(team: Team) -> QuerySet[Grade]:
    """Every grade of what was submitted in the team's sittings."""
    return Grade.objects.filter(submission__answer__session__team=team)


def may_pause(user: User) -> bool:
    """The queue is every team's: only who runs the site may hold it up."""
    return user.is_staff


def may_resume(user: User, pause: QueuePause) -> bool:
    """What stopped by itself may be tried again by a team's admin too: at worst it stops again."""
    return user.is_staff or not pause.is_by_hand
