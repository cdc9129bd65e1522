"""One submitted answer: how far its grading is, and the verdict."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from grading.models import Grade
from grading.queries.grades import grade_history
from grading.queries.writing import feedback_so_far
from interview.models import Answer
from interview.operations.sessions import SessionError, retry_answer
from interview.queries.library import is_set_open
from interview.queries.sessions import attempts_at, open_place, own_answers, with_marks
from interview.web.access import SignedInRequest, signed_in
from interview.web.evidence import highlight
from interview.web.follow_ups import read_follow_up
from interview.web.rooms import room_url
from interview.web.rows import rows_of
from interview.web.steps import seconds_since
from interview.web.ungraded import failed_grade, why_ungraded
from interview.web.verdicts import read_grade
from interview.web.waiting import why_waiting

SLOW_AFTER = 6  # seconds until the page says that grading takes longer than usual


@signed_in
def verdict(request: SignedInRequest, answer_id: UUID) -> HttpResponse:
    answer = find_answer(request, answer_id)
    if not answer.is_submitted:
        return redirect(room_url(answer))
    return render(request, "answers/verdict.html", verdict_context(answer))


@signed_in
def verdict_state(request: SignedInRequest, answer_id: UUID) -> HttpResponse:
    """What changes on the verdict page; 204 while it is as the page has ``seen`` it: the stage,
    and after a point how much of the feedback that is being written."""
    answer = find_answer(request, answer_id)
    if not answer.is_submitted:
        raise Http404("Not submitted yet.")
    context = verdict_context(answer)
    seen, _, read = request.GET.get("seen", "").partition(".")
    if (seen, read or "0") == (context["stage"], str(len(context["so_far"]))):
        return HttpResponse(status=204)
    known = int(read) if read.isdecimal() else 0
    context["newly_written"] = context["so_far"][known if known < len(context["so_far"]) else 0 :]
    return render(request, "answers/verdict/state.html", context)


@signed_in
def answer_retry(request: SignedInRequest, answer_id: UUID) -> HttpResponse:
    """The same question once more, in a sitting of its own."""
    answer = find_answer(request, answer_id)
    if not answer.is_submitted or request.method != "POST":  # by GET after signing in first
        return redirect("verdict", answer_id=answer_id)
    if not is_set_open(answer):
        messages.error(request, "This question's set is no longer open to you.")
        return redirect("verdict", answer_id=answer_id)
    try:
        session = retry_answer(answer=answer)
    except SessionError as error:
        messages.error(request, str(error))
        return redirect("verdict", answer_id=answer_id)
    return redirect("room", session_id=session.public_id, position=session.position)


def find_answer(request: SignedInRequest, answer_id: UUID) -> Answer:
    return get_object_or_404(own_answers(request.user), public_id=answer_id)


def verdict_context(answer: Answer) -> dict[str, Any]:
    """All that the page shows: the verdict with its history, or how long it has been waited for."""
    submission, session = answer.submission, answer.session
    assert submission is not None, "callers turn drafts away"  # noqa: S101 - for mypy
    history = grade_history(submission)
    grade = history[0]
    context: dict[str, Any] = {
        "answer": answer,
        "question": answer.question,
        "session": session,
        "grade": grade,
        "stage": stage_of(grade),
        "so_far": feedback_so_far(grade),
        "waits": why_waiting(grade, timezone.now()),
        "typed": highlight(submission.text, ()),
        "following": open_place(session, at=answer.position + 1) if session.is_active else None,
    }
    if not grade.is_finished:
        return context
    reading = read_grade(grade, submission.text)
    return context | {
        "reading": reading,
        "typed": highlight(submission.text, reading.evidence),
        "earlier": [read_grade(old, submission.text) for old in history[1:]],
        "why": why_ungraded(failed_grade(history), session.team, is_asked_once=answer.is_follow_up),
        "reference_answer": submission.rubric.reference_answer,
        "attempts": [] if answer.is_follow_up else rows_of(with_marks(attempts_at(answer))),
        "follow_up": None if answer.is_follow_up else read_follow_up(answer, grade),
    }


def stage_of(grade: Grade) -> str:
    """The state, whether it is final, what it waits for, or whether it has been waited for long:
    what the page has to tell apart."""
    if grade.gives_way:
        return f"{grade.state}-provisional"
    if grade.state == Grade.State.PENDING and grade.waiting_for:
        return f"{grade.state}-{grade.waiting_for}"
    if grade.is_finished or seconds_since(grade.created_at) < SLOW_AFTER:
        return grade.state
    return f"{grade.state}-slow"
