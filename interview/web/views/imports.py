"""A document read into a set: looked at first, then confirmed."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from interview.formats import FormatError, SetDocument, read_text
from interview.formats.source import text_of
from interview.models import Permission
from interview.operations.question_sets import import_document
from interview.web.access import TeamRequest, in_team
from interview.web.forms.imports import Document, ImportForm
from interview.web.uploads import UploadNotKeptError, drop_upload, keep_upload, kept_upload

KIND = "set"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a document stumbled over, with the line as it stands there."""

    error: FormatError
    excerpt: str


@in_team(Permission.EDIT_SETS)
def set_import(request: TeamRequest) -> HttpResponse:
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ImportForm(*posted)
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
            place = reverse("set_import_confirm", args=(request.membership.team.slug,))
            return redirect(f"{place}?upload={token}")
    context = {"team": request.membership.team, "form": form, "refusal": refusal}
    return render(request, "sets/import.html", context, status=status)


@in_team(Permission.EDIT_SETS)
def set_import_confirm(request: TeamRequest) -> HttpResponse:
    """What the upload would do; when confirmed, it is read again and done."""
    team = request.membership.team
    token = request.GET.get("upload", "")
    upload = kept_upload(request, token, kind=KIND)
    if upload is None:
        messages.error(request, "This upload is no longer kept. Choose the document again.")
        return redirect("set_import", team=team.slug)
    document = read(upload)
    if request.method == "POST":
        report = import_document(document=document, team=team, by=request.user)
        drop_upload(request, token, kind=KIND)
        messages.success(
            request,
            f"Imported “{document.title}”: {report.created} created, {report.updated} updated, "
            f"{report.unchanged} unchanged. Candidates see it once you publish.",
        )
        return redirect("set_edit", team=team.slug, set_slug=report.set_slug)
    report = import_document(document=document, team=team, by=request.user, dry_run=True)
    context = {
        "team": team,
        "upload": upload,
        "document": document,
        "report": report,
        "known": team.question_sets.filter(slug=document.slug).first(),
        "drafted": sum(question.drafted for question in report.questions),
        "without_criteria": sum(not question.criteria for question in report.questions),
    }
    return render(request, "sets/import_confirm.html", context)


def read(upload: Document) -> SetDocument:
    return read_text(text_of(upload.content, name=upload.name), name=upload.name)


def excerpt(upload: Document, line: int) -> str:
    lines = upload.content.decode(errors="replace").splitlines()
    return lines[line - 1][:200] if 0 < line <= len(lines) else ""
