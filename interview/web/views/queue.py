"""The queue of answers that wait for their grade: how it stands, paused and resumed."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from grading.models import Grade
from grading.operations.queue import QueueError, pause_queue, resume_queue
from grading.queries.queue import active_pause, past_pauses, standing_of
from interview.models import Permission
from interview.queries.queue import grades_for, may_pause, may_resume
from interview.web.access import TeamRequest, in_team
from interview.web.forms.queue import PauseForm

PAST = 5


@in_team(Permission.MANAGE_TEAM)
def team_queue(request: TeamRequest) -> HttpResponse:
    """POST with ``resume`` goes on; any other POST is a pause."""
    if request.method != "POST":
        return render_queue(request, PauseForm())
    return resume(request) if "resume" in request.POST else pause(request)


def pause(request: TeamRequest) -> HttpResponse:
    if not may_pause(request.user):
        raise PermissionDenied("Only the operators of this site may pause grading for everybody.")
    form, now = PauseForm(request.POST), timezone.now()
    if not form.is_valid():
        return render_queue(request, form, status=422)
    length = form.cleaned_data["length"]
    try:
        pause_queue(
            by=request.user,
            why=form.cleaned_data["why"],
            until=now + length if length else None,
            now=now,
        )
    except QueueError as error:
        form.add_error(None, str(error))
        return render_queue(request, form, status=422)
    messages.success(request, "Grading is paused. Answers are kept and wait.")
    return redirect("team_queue", team=request.membership.team.slug)


def resume(request: TeamRequest) -> HttpResponse:
    now = timezone.now()
    paused = active_pause(now)
    if paused is not None and not may_resume(request.user, paused):
        raise PermissionDenied("An operator paused grading; only an operator may let it go on.")
    if resume_queue(by=request.user, now=now):
        messages.success(request, "Grading goes on. What waited is taken up now.")
    else:
        messages.info(request, "Grading was not paused.")
    return redirect("team_queue", team=request.membership.team.slug)


def render_queue(request: TeamRequest, form: PauseForm, status: int = 200) -> HttpResponse:
    team, now = request.membership.team, timezone.now()
    paused = active_pause(now)
    context = {
        "team": team,
        "standing": standing_of(grades_for(team)),
        "site": standing_of(Grade.objects.all()) if request.user.is_staff else None,
        "pause": paused,
        "past": past_pauses()[:PAST],
        "form": form if may_pause(request.user) else None,
        "may_resume": paused is not None and may_resume(request.user, paused),
        "by_claude": settings.GRADING_JUDGE == "claude",
    }
    return render(request, "queue/queue.html", context, status=status)
