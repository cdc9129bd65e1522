"""Answers that were given elsewhere: looked at first, then imported, graded, and compared."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from interview.formats import FormatError
from interview.formats.past_answers import PastAnswers, read_past_answers
from interview.formats.source import text_of
from interview.models import Permission, QuestionSet
from interview.operations.past_answers import (
    ImportAnswersError,
    import_answers,
    place_answers,
    stop_import,
)
from interview.queries.editor import working_version
from interview.queries.past_answers import import_progress, set_agreement
from interview.web.access import TeamRequest, in_team
from interview.web.forms.imports import AnswersForm, Document
from interview.web.uploads import UploadNotKeptError, drop_upload, keep_upload, kept_upload
from interview.web.views.imports import Refusal, excerpt
from interview.web.views.sets import team_set

KIND = "answers"


@in_team(Permission.EDIT_SETS)
def past_answers(request: TeamRequest, set_slug: str) -> HttpResponse:
    """The page asks for itself again while something is graded."""
    question_set = team_set(request, set_slug)
    if request.method == "POST":
        stop_import(question_set=question_set)
        return redirect("past_answers", team=request.membership.team.slug, set_slug=set_slug)
    context = {
        "team": request.membership.team,
        "question_set": question_set,
        "progress": import_progress(question_set),
        "agreement": set_agreement(question_set),
    }
    return render(request, "sets/past_answers.html", context)


@in_team(Permission.EDIT_SETS)
def past_answers_import(request: TeamRequest, set_slug: str) -> HttpResponse:
    question_set = team_set(request, set_slug)
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = AnswersForm(*posted)
    refusal, status = None, 422 if posted else 200
    if request.method == "POST" and form.is_valid():
        upload: Document = form.cleaned_data["document"]
        try:
            read(upload)
            token = keep_upload(request, upload, kind=KIND)
        except FormatError as error:
            refusal = Refusal(error, excerpt(upload, error.line))
        except UploadNotKeptError as error:
            form.add_error(None, str(error))
            status = 503
        else:
            address = (request.membership.team.slug, set_slug)
            return redirect(f"{reverse('past_answers_confirm', args=address)}?upload={token}")
    context = {
        "team": request.membership.team,
        "question_set": question_set,
        "form": form,
        "refusal": refusal,
        "example": example_key(question_set),
    }
    return render(request, "sets/past_answers_import.html", context, status=status)


@in_team(Permission.EDIT_SETS)
def past_answers_confirm(request: TeamRequest, set_slug: str) -> HttpResponse:
    """What the upload would do; when confirmed, it is read again and done."""
    question_set, team = team_set(request, set_slug), request.membership.team
    token = request.GET.get("upload", "")
    upload = kept_upload(request, token, kind=KIND)
    if upload is None:
        messages.error(request, "This upload is no longer kept. Choose the file again.")
        return redirect("past_answers_import", team=team.slug, set_slug=set_slug)
    document = read(upload)
    if request.method != "POST":
        placement = place_answers(question_set, document)
        context = {
            "team": team,
            "question_set": question_set,
            "upload": upload,
            "placement": placement,
        }
        return render(request, "sets/past_answers_confirm.html", context)
    try:
        placement = import_answers(question_set=question_set, document=document)
    except ImportAnswersError as error:
        messages.error(request, str(error))
    else:
        drop_upload(request, token, kind=KIND)
        count = len(placement.placed)
        messages.success(request, f"Imported {count} answer{'s'[: count != 1]}.")
    return redirect("past_answers", team=team.slug, set_slug=set_slug)


def example_key(question_set: QuestionSet) -> str:
    """A key that the set has, for the example."""
    version = working_version(question_set)
    first = version.questions.order_by("position").first() if version else None
    return first.key if first else "a-question"


def read(upload: Document) -> PastAnswers:
    return read_past_answers(text_of(upload.content, name=upload.name), name=upload.name)
