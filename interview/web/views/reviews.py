"""A team's answers, one of them on the desk, and a person's ruling on it."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from grading.models import Grade, Submission
from grading.operations.reviews import ReviewError, StaleGradeError
from grading.queries.grades import grade_history
from interview.models import Answer, Permission
from interview.operations.rulings import rule_on_answer
from interview.queries.answers import with_origin
from interview.queries.reviews import answers_like, newer_than, older_than, submitted_to
from interview.queries.teams import may
from interview.web.access import TeamRequest, in_team
from interview.web.doubts import alike_rows, doubts_in_words
from interview.web.evidence import highlight
from interview.web.forms.reviews import AnswerFilterForm, RulingForm
from interview.web.rows import rows_of
from interview.web.rulings import desk_points, what_became
from interview.web.ungraded import failed_grade, why_ungraded
from interview.web.verdicts import read_grade

PAGE = 50


@in_team(Permission.VIEW_ANSWERS)
def team_answers(request: TeamRequest) -> HttpResponse:
    team = request.membership.team
    filters = AnswerFilterForm(request.GET, team=team)
    answers = with_origin(filters.narrow(submitted_to(team)))
    page = Paginator(answers.prefetch_related("question__topics"), PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "team": team,
        "filters": filters,
        "page_obj": page,
        "rows": rows_of(page.object_list),
    }
    return render(request, "reviews/answers.html", context)


@in_team(Permission.VIEW_ANSWERS)
def review_answer(request: TeamRequest, answer_id: UUID) -> HttpResponse:
    return render_desk(request, find_answer(request, answer_id))


@in_team(Permission.OVERRULE)
@require_POST
def overrule_answer(request: TeamRequest, answer_id: UUID) -> HttpResponse:
    answer = find_answer(request, answer_id)
    form = ruling_form(grade_history(submission_of(answer))[0], request.POST)
    if not form.is_valid():
        return render_desk(request, answer, form, status=422)
    before: Grade = form.cleaned_data["grade"]
    reason = form.cleaned_data["reason"]
    try:
        ruling = rule_on_answer(
            answer=answer, grade=before, marks=form.marks, reason=reason, reviewer=request.user
        )
    except ReviewError as error:
        form.add_error(None, str(error))
        status = 409 if isinstance(error, StaleGradeError) else 422
        return render_desk(request, answer, form, status=status)
    messages.success(request, what_became(before, ruling))
    filters = AnswerFilterForm(request.GET, team=request.membership.team)
    desk = reverse("review_answer", args=[request.membership.team.slug, answer_id])
    return redirect(desk + filters.query)


def find_answer(request: TeamRequest, answer_id: UUID) -> Answer:
    answers = submitted_to(request.membership.team).select_related(
        "question",
        "follow_up_of__submission",
        "follow_up_question",
        "session__candidate",
        "session__version__question_set",
        "submission__rubric",
    )
    return get_object_or_404(answers, public_id=answer_id)


def submission_of(answer: Answer) -> Submission:
    assert answer.submission is not None, "drafts are not on the desk"  # noqa: S101 - for mypy
    return answer.submission


def ruling_form(current: Grade, sent: QueryDict | None = None) -> RulingForm:
    criteria = list(current.submission.rubric.criteria.all())
    return RulingForm(sent, criteria=criteria, current=current)


def render_desk(
    request: TeamRequest, answer: Answer, form: RulingForm | None = None, *, status: int = 200
) -> HttpResponse:
    """The answer with its current grade, whatever was typed into ``form`` kept."""
    team, submission = request.membership.team, submission_of(answer)
    filters = AnswerFilterForm(request.GET, team=team)
    listed = filters.narrow(submitted_to(team))
    history = grade_history(submission)
    current = history[0]
    may_overrule = may(request.membership, Permission.OVERRULE)
    if form is None and may_overrule and current.is_finished:
        form = ruling_form(current)
    readings = [read_grade(grade, submission.text) for grade in history]
    context = {
        "team": team,
        "answer": answer,
        "rubric": submission.rubric,
        "grade": current,
        "reading": readings[0],
        "earlier": [(old, why_ungraded(old.grade, None)) for old in readings[1:]],
        "why": why_ungraded(failed_grade(history), None, is_asked_once=answer.is_follow_up),
        "doubts": doubts_in_words(current),
        "alike": alike_rows(answers_like(answer, team)),
        "people": list(submission.human_scores.all()) if answer.session.is_imported else [],
        "typed": highlight(submission.text, readings[0].evidence),
        "points": desk_points(list(submission.rubric.criteria.all()), readings[0], form),
        "form": form,
        "may_overrule": may_overrule,
        "filters": filters,
        "newer": newer_than(listed, answer),
        "older": older_than(listed, answer),
    }
    return render(request, "reviews/answer.html", context, status=status)
