"""Questions of a team's set: written, tried, moved, removed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from grading.operations.drafts import draft_for_editor
from interview.models import Permission, Question, QuestionSet
from interview.operations.edits import (
    StaleQuestion,
    drop_question,
    fingerprint,
    save_question,
    shift_question,
)
from interview.operations.questions import text_of
from interview.queries.editor import questions_to_edit, working_version
from interview.queries.payers import payer_labels
from interview.web.access import SignedInRequest, TeamRequest, in_team, signed_in
from interview.web.forms.criteria import TypedCriterion, rearranged, typed_rows, with_drafted
from interview.web.forms.questions import LONGEST_TEXT, QuestionSheet
from interview.web.markdown import render_markdown
from interview.web.tries import Try, try_sheet
from interview.web.views.sets import team_set


@signed_in
@require_POST
def markdown_preview(request: SignedInRequest) -> HttpResponse:
    """The posted text as safe HTML; ``?field=`` names it when it is not called ``text``."""
    text = request.POST.get(request.GET.get("field", "text"), "")
    if len(text) > LONGEST_TEXT:
        return HttpResponse("This text is too long to preview.", status=413)
    return HttpResponse(render_markdown(text))


@in_team(Permission.EDIT_SETS)
def question_new(request: TeamRequest, set_slug: str) -> HttpResponse:
    return write(request, team_set(request, set_slug), None)


@in_team(Permission.EDIT_SETS)
def question_edit(request: TeamRequest, set_slug: str, key: str) -> HttpResponse:
    question_set = team_set(request, set_slug)
    return write(request, question_set, question_in(question_set, key))


@in_team(Permission.EDIT_SETS)
def question_delete(request: TeamRequest, set_slug: str, key: str) -> HttpResponse:
    """Ask first; published versions keep the question in any case."""
    question_set = team_set(request, set_slug)
    question = question_in(question_set, key)
    if request.method == "POST":
        drop_question(question_set=question_set, key=key)
        messages.success(request, f"“{question.title}” is out of the draft.")
        return redirect("set_edit", team=request.membership.team.slug, set_slug=set_slug)
    published = question_set.versions.filter(state="published", questions__key=key).first()
    context = {"question_set": question_set, "question": question, "published": published}
    return render(request, "sets/question_delete.html", context)


@in_team(Permission.EDIT_SETS)
@require_POST
def question_move(request: TeamRequest, set_slug: str, key: str) -> HttpResponse:
    question_set = team_set(request, set_slug)
    question = question_in(question_set, key)
    by = {"up": -1, "down": 1}.get(request.POST.get("to", ""))
    if by:
        shift_question(question_set=question_set, key=key, by=by)
    place = reverse("set_edit", args=(request.membership.team.slug, set_slug))
    return redirect(f"{place}#q-{question.key}")


def question_in(question_set: QuestionSet, key: str) -> Question:
    """The question as it stands in the version that is worked on, or 404."""
    version = working_version(question_set)
    questions = questions_to_edit(version) if version else Question.objects.none()
    return get_object_or_404(questions, key=key)


def write(
    request: TeamRequest, question_set: QuestionSet, question: Question | None
) -> HttpResponse:
    """Show the sheet, or do what its buttons say: everything but "save" only shows it again."""
    team = request.membership.team
    if request.method != "POST":
        opened = QuestionSheet.showing(text_of(question), team) if question else None
        return render_sheet(request, question_set, question, opened or QuestionSheet.blank(team))
    action = request.POST.get("do", "save")
    if action == "save":
        return save(request, question_set, question)
    if action == "try":
        tried = try_sheet(
            QuestionSheet.posted(request.POST, team),
            request.POST.get("answer", ""),
            payers=payer_labels(team, question_set),
        )
        sheet = QuestionSheet.typed(request.POST, team)
        return render_sheet(request, question_set, question, sheet, tried=tried)
    rows, told = typed_rows(request.POST), ""
    if action == "draft":
        payers = payer_labels(team, question_set)
        draft = draft_for_editor(**asked_and_answered(request), accounts=payers)
        rows, told = with_drafted(rows, draft.criteria), draft.told
    else:
        rows = rearranged(rows, action)
    sheet = QuestionSheet.typed(request.POST, team, rows or [TypedCriterion()])
    return render_sheet(request, question_set, question, sheet, told=told)


def asked_and_answered(request: TeamRequest) -> dict[str, str]:
    posted = request.POST
    asked = posted.get("prompt", "").strip() or posted.get("title", "")
    return {
        "question": asked[:LONGEST_TEXT],
        "reference_answer": posted.get("reference_answer", "")[:LONGEST_TEXT],
    }


def save(
    request: TeamRequest, question_set: QuestionSet, question: Question | None
) -> HttpResponse:
    sheet = QuestionSheet.posted(request.POST, request.membership.team)
    if not sheet.is_valid():
        return render_sheet(request, question_set, question, sheet, status=422)
    try:
        saved = save_question(
            question_set=question_set,
            text=sheet.text,
            key=question.key if question else "",
            new_topic=sheet.form.cleaned_data["new_topic"],
            seen=sheet.form.cleaned_data["seen"],
        )
    except StaleQuestion as error:
        assert question is not None, "a new question cannot be stale"  # noqa: S101 - for mypy
        again = request.POST.copy()
        again["seen"] = fingerprint(text_of(question))
        sheet = QuestionSheet.posted(again, request.membership.team)
        sheet.is_valid()
        sheet.form.add_error(
            None,
            f"{error} Nothing of yours is lost: it stands below. Open the question in another tab "
            "to see theirs; saving again puts yours in its place.",
        )
        return render_sheet(request, question_set, question, sheet, status=409)
    version = saved.version
    where = f"draft of version {version.number}"
    messages.success(
        request,
        "Nothing to save: it stands so already."
        if version.is_published
        else f"Saved in the {where}. Candidates see it once you publish.",
    )
    return redirect(
        "question_edit",
        team=request.membership.team.slug,
        set_slug=question_set.slug,
        key=saved.key,
    )


def render_sheet(
    request: TeamRequest,
    question_set: QuestionSet,
    question: Question | None,
    sheet: QuestionSheet,
    *,
    tried: Try | None = None,
    told: str = "",
    status: int = 200,
) -> HttpResponse:
    version = working_version(question_set)
    keys = (
        list(version.questions.order_by("position").values_list("key", flat=True))
        if version
        else []
    )
    place = keys.index(question.key) if question else len(keys)
    context = {
        "question_set": question_set,
        "version": version,
        "question": question,
        "sheet": sheet,
        "form": sheet.form,
        "tried": tried,
        "told": told,
        "answer": request.POST.get("answer", ""),
        "typed": request.method == "POST",
        "number": place + 1,
        "count": len(keys),
        "previous_key": keys[place - 1] if place else "",
        "next_key": keys[place + 1] if place + 1 < len(keys) else "",
    }
    return render(request, "sets/question.html", context, status=status)
