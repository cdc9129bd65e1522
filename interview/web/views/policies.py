"""How a set's answers are graded; for the team's admins, who answer for the spend."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from interview.models import Permission
from interview.operations.policies import PolicyError, change_policy
from interview.web.access import TeamRequest, in_team
from interview.web.forms.policies import PolicyForm
from interview.web.views.sets import team_set


@in_team(Permission.MANAGE_TEAM)
def set_grading(request: TeamRequest, set_slug: str) -> HttpResponse:
    question_set = team_set(request, set_slug)
    posted = request.POST if request.method == "POST" else None
    form = PolicyForm(posted, question_set=question_set)
    if request.method == "POST" and form.is_valid():
        try:
            change_policy(
                question_set=question_set,
                changes=form.changes,
                follow_ups=form.cleaned_data["follow_ups"],
            )
        except PolicyError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Saved. It holds for answers submitted from now on.")
            return redirect("set_grading", team=request.membership.team.slug, set_slug=set_slug)
    context = {
        "team": request.membership.team,
        "question_set": question_set,
        "form": form,
        "judge": settings.GRADING_JUDGE,
    }
    return render(request, "sets/grading.html", context, status=422 if form.errors else 200)
