"""A set's answers graded again: begun, followed, stopped."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from interview.models import Permission
from interview.operations.regrades import RegradeError, regrade_set, stop_set
from interview.web.access import TeamRequest, in_team
from interview.web.regrading import regrade_desk
from interview.web.views.sets import team_set


@in_team(Permission.EDIT_SETS)
def set_regrade(request: TeamRequest, set_slug: str) -> HttpResponse:
    """The page asks for itself again while a run is under way."""
    question_set = team_set(request, set_slug)
    if request.method != "POST":
        by_claude = settings.GRADING_JUDGE == "claude"
        context = {"desk": regrade_desk(question_set), "by_claude": by_claude}
        return render(request, "sets/regrade.html", context)
    if request.POST.get("do") == "stop":
        stop_set(question_set=question_set)
    else:
        try:
            regrade_set(question_set=question_set)
        except RegradeError as error:
            messages.error(request, str(error))
    return redirect("set_regrade", team=request.membership.team.slug, set_slug=set_slug)
