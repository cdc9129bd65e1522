"""A team's question sets: made, described, published."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from interview.formats import FormatError
from interview.formats.markdown import write_set
from interview.models import Permission, QuestionSet
from interview.operations.drafts import discard_draft
from interview.operations.publishing import PublishError, publish_version
from interview.operations.question_sets import create_set, describe_set
from interview.queries.documents import document_of
from interview.queries.editor import sets_of_team, working_version
from interview.queries.library import draft_version, published_version
from interview.queries.teams import may
from interview.web.access import TeamRequest, in_team
from interview.web.desk import set_desk
from interview.web.forms.sets import NewSetForm, SetForm


@in_team(Permission.EDIT_SETS)
def team_sets(request: TeamRequest) -> HttpResponse:
    team = request.membership.team
    return render(request, "sets/list.html", {"team": team, "sets": list(sets_of_team(team))})


@in_team(Permission.EDIT_SETS)
def set_new(request: TeamRequest) -> HttpResponse:
    team = request.membership.team
    form = NewSetForm(request.POST if request.method == "POST" else None, team=team)
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        question_set = create_set(
            team=team,
            slug=found["slug"],
            title=found["title"],
            description=found["description"],
        )
        return redirect("set_edit", team=team.slug, set_slug=question_set.slug)
    status = 422 if form.errors else 200
    return render(request, "sets/new.html", {"team": team, "form": form}, status=status)


@in_team(Permission.EDIT_SETS)
def set_edit(request: TeamRequest, set_slug: str) -> HttpResponse:
    question_set = team_set(request, set_slug)
    initial = {"title": question_set.title, "description": question_set.description}
    form = SetForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        describe_set(question_set=question_set, **form.cleaned_data)
        messages.success(request, "The title and description are saved.")
        return to_set(question_set)
    return render_set(request, question_set, form, status=422 if form.errors else 200)


@in_team(Permission.EDIT_SETS)
@require_POST
def set_publish(request: TeamRequest, set_slug: str) -> HttpResponse:
    question_set = team_set(request, set_slug)
    draft = draft_version(question_set)
    if draft is None:
        messages.info(request, "There is no draft: candidates see everything that stands here.")
        return to_set(question_set)
    try:
        version = publish_version(version=draft, by=request.user)
    except PublishError as error:
        form = SetForm(
            initial={"title": question_set.title, "description": question_set.description}
        )
        return render_set(request, question_set, form, refused=error.problems, status=422)
    count = version.questions.count()
    messages.success(
        request,
        f"Version {version.number} is published. Candidates of {request.membership.team} who start "
        f"“{question_set.title}” from now on get its {count} question{'s'[: count != 1]}; "
        "sittings already begun keep theirs.",
    )
    return to_set(question_set)


@in_team(Permission.EDIT_SETS)
def draft_discard(request: TeamRequest, set_slug: str) -> HttpResponse:
    """Ask first, then go back to what is published; a first draft has nothing to go back to."""
    question_set = team_set(request, set_slug)
    draft, published = draft_version(question_set), published_version(question_set)
    if draft is None or published is None:
        return to_set(question_set)
    if request.method == "POST":
        discard_draft(question_set=question_set)
        messages.success(request, f"The draft is gone. Version {published.number} stays.")
        return to_set(question_set)
    context = {"question_set": question_set, "draft": draft, "published": published}
    return render(request, "sets/discard.html", context)


@in_team(Permission.EDIT_SETS)
def set_export(request: TeamRequest, set_slug: str) -> HttpResponse:
    question_set = team_set(request, set_slug)
    version = working_version(question_set)
    if version is None:
        return to_set(question_set)
    version.question_set = question_set
    try:
        text = write_set(document_of(version))
    except FormatError as error:
        messages.error(request, f"This set cannot be written to a file yet. {error.message}")
        return to_set(question_set)
    name = f"{question_set.slug}-v{version.number}.md"
    return HttpResponse(
        text,
        content_type="text/markdown; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def team_set(request: TeamRequest, set_slug: str) -> QuestionSet:
    """The team's own set of that slug, or 404."""
    return get_object_or_404(
        QuestionSet.objects.select_related("team"), team=request.membership.team, slug=set_slug
    )


def to_set(question_set: QuestionSet) -> HttpResponse:
    assert question_set.team is not None, "the editor opens teams' sets alone"  # noqa: S101 - for mypy
    return redirect("set_edit", team=question_set.team.slug, set_slug=question_set.slug)


def render_set(
    request: TeamRequest,
    question_set: QuestionSet,
    form: SetForm,
    *,
    refused: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "desk": set_desk(question_set),
        "form": form,
        "refused": refused,
        "may_manage": may(request.membership, Permission.MANAGE_TEAM),
    }
    return render(request, "sets/edit.html", context, status=status)
