"""What there is to sit, and the start of a sitting."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from interview.models import QuestionSetVersion
from interview.operations.sessions import SessionError, start_session
from interview.queries.library import published_version, sets_to_sit
from interview.web.access import SignedInRequest, signed_in
from interview.web.forms.sessions import StartForm


@signed_in
def library(request: SignedInRequest) -> HttpResponse:
    sets = list(sets_to_sit(request.user))
    context = {
        "shared": [found for found in sets if found.team is None],
        "own": [found for found in sets if found.team is not None],
        "sets": sets,
    }
    return render(request, "library/sets.html", context)


@signed_in
def set_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    version = version_to_sit(request, pk)
    asked_for = {"topics": request.GET.getlist("topic")}
    form = StartForm(version=version, candidate=request.user, initial=asked_for)
    return render_set(request, version, form)


@signed_in
def session_start(request: SignedInRequest, pk: int) -> HttpResponse:
    version = version_to_sit(request, pk)
    if request.method != "POST":  # whoever had to sign in first arrives by GET
        return redirect("set_detail", pk=pk)
    form = StartForm(request.POST, version=version, candidate=request.user)
    if not form.is_valid():
        return render_set(request, version, form, status=422)
    try:
        session = start_session(
            candidate=request.user,
            version=version,
            topics=form.cleaned_data["topics"],
            team=form.cleaned_data.get("team"),
            limit=form.cleaned_data["length"],
        )
    except SessionError as error:
        form.add_error(None, str(error))
        return render_set(request, version, form, status=422)
    return redirect("room", session_id=session.public_id, position=session.position)


def version_to_sit(request: SignedInRequest, pk: int) -> QuestionSetVersion:
    question_set = get_object_or_404(sets_to_sit(request.user), pk=pk)
    version = published_version(question_set)
    assert version is not None, "sets_to_sit has published sets alone"  # noqa: S101 - for mypy
    version.question_set = question_set
    return version


def render_set(
    request: SignedInRequest, version: QuestionSetVersion, form: StartForm, status: int = 200
) -> HttpResponse:
    context = {"set": version.question_set, "version": version, "form": form}
    return render(request, "library/set.html", context, status=status)
