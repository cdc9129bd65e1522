"""A sitting: the room of each question, its end, how it went."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render

from interview.models import Answer
from interview.operations.answers import (
    MAX_CHARACTERS,
    AlreadySubmittedError,
    AnswerError,
    AnswerGoneError,
    open_answer,
    save_draft,
    submit_answer,
)
from interview.operations.sessions import finish_session, remember_place
from interview.queries.follow_ups import follow_ups_to
from interview.queries.sessions import (
    answers_of,
    open_place,
    own_answers,
    own_sessions,
    with_marks,
)
from interview.web.access import SignedInRequest, signed_in
from interview.web.rooms import room_url
from interview.web.rows import rows_of, with_follow_ups
from interview.web.scores import mean_interval
from interview.web.steps import seconds_since, steps_of


@signed_in
def session(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Where the candidate left off; once it is finished, how it went."""
    found = get_object_or_404(own_sessions(request.user), public_id=session_id)
    place = open_place(found, at=found.position) if found.is_active else None
    if place is not None:
        return redirect("room", session_id=session_id, position=place.position)
    answers = list(with_marks(answers_of(found)))
    rows = with_follow_ups(rows_of(answers), follow_ups_to(answers))
    context = {
        "session": found,
        "rows": rows,
        "overall": mean_interval([row.settled for row in rows if row.settled]),
        "scored": sum(row.settled is not None for row in rows),
        "answered": sum(row.grade is not None for row in rows),
        "waiting": sum(row.is_waiting for row in rows),
        "will_change": any(row.will_change for row in rows),
    }
    return render(request, "sessions/summary.html", context)


@signed_in
def session_finish(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """End a sitting; where answers are still open, ask first."""
    found = get_object_or_404(own_sessions(request.user), public_id=session_id)
    open_answers = [answer for answer in answers_of(found) if not answer.is_submitted]
    is_sure = request.method == "POST" and "confirm" in request.POST
    if found.is_active and open_answers and not is_sure:
        context = {"session": found, "open_answers": open_answers}
        return render(request, "sessions/finish.html", context)
    if request.method == "POST":
        finish_session(session=found)
    return redirect("session", session_id=session_id)


@signed_in
def room(
    request: SignedInRequest, session_id: UUID, position: int, *, follow_up: bool = False
) -> HttpResponse:
    answer = find_place(request, session_id, position, follow_up=follow_up)
    if answer.is_submitted:
        return redirect("verdict", answer_id=answer.public_id)
    if not answer.takes_words:
        return redirect("session", session_id=session_id)
    if answer.follow_up_of and not answer.follow_up_question.is_written:
        return redirect("verdict", answer_id=answer.follow_up_of.public_id)
    if not follow_up:
        remember_place(session=answer.session, position=position)
    open_answer(answer=answer)
    return render_room(request, answer, text=answer.draft)


@signed_in
def room_draft(
    request: SignedInRequest, session_id: UUID, position: int, *, follow_up: bool = False
) -> HttpResponse:
    """Keep the draft: 204 to the script, or on to where ``then`` says for a pressed button."""
    answer = find_place(request, session_id, position, follow_up=follow_up)
    if request.method != "POST":  # whoever had to sign in first arrives by GET
        return redirect(room_url(answer))
    text = typed_text(request)
    then = request.POST.get("then", "")
    try:
        save_draft(answer=answer, text=text)
    except AnswerError as error:
        return refuse(request, answer, text, error) if then else as_problem(answer, error)
    return go_on(answer, then) if then else HttpResponse(status=204)


@signed_in
def room_submit(
    request: SignedInRequest, session_id: UUID, position: int, *, follow_up: bool = False
) -> HttpResponse:
    answer = find_place(request, session_id, position, follow_up=follow_up)
    if request.method != "POST":
        return redirect(room_url(answer))
    text = typed_text(request)
    try:
        submit_answer(answer=answer, text=text, watched=True)
    except AnswerError as error:
        return refuse(request, answer, text, error)
    return redirect("verdict", answer_id=answer.public_id)


def find_place(
    request: SignedInRequest, session_id: UUID, position: int, *, follow_up: bool
) -> Answer:
    return get_object_or_404(
        own_answers(request.user),
        session__public_id=session_id,
        position=position,
        follow_up_of__isnull=not follow_up,
    )


def typed_text(request: SignedInRequest) -> str:
    """The answer as typed: forms send line ends as CRLF, and PostgreSQL keeps no NUL."""
    text = request.POST.get("text", "")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")


def go_on(answer: Answer, then: str) -> HttpResponse:
    """To another question of the sitting, to its end, back to the verdict that is followed up, or
    out of the room."""
    session_id = answer.session.public_id
    if then == "here":
        return redirect(room_url(answer))
    if then == "verdict" and answer.follow_up_of:
        return redirect("verdict", answer_id=answer.follow_up_of.public_id)
    if then.isdecimal():
        return redirect("room", session_id=session_id, position=int(then))
    if then == "finish":
        return redirect("session_finish", session_id=session_id)
    return redirect("home")


def as_problem(answer: Answer, error: AnswerError) -> JsonResponse:
    is_closed = isinstance(error, AnswerGoneError) or not answer.takes_words
    return JsonResponse({"detail": str(error)}, status=409 if is_closed else 422)


def refuse(request: SignedInRequest, answer: Answer, text: str, error: AnswerError) -> HttpResponse:
    """What was submitted stands; any other refusal gives the words back."""
    if isinstance(error, AlreadySubmittedError):
        messages.info(request, str(error))
        return redirect("verdict", answer_id=answer.public_id)
    return render_room(request, answer, text=text, error=str(error), status=422)


def render_room(
    request: SignedInRequest, answer: Answer, *, text: str, error: str = "", status: int = 200
) -> HttpResponse:
    steps = [] if answer.is_follow_up else steps_of(answer.session, now_at=answer.position)
    following = None if answer.is_follow_up else open_place(answer.session, at=answer.position + 1)
    rubric = answer.rubric
    context = {
        "answer": answer,
        "question": answer.question,
        "session": answer.session,
        "text": text,
        "error": error,
        "steps": steps,
        "previous": 0 if answer.is_follow_up else answer.position - 1,
        "skip_to": following.position if following and following != answer else None,
        "points": rubric.criteria.count() if rubric else 0,
        "elapsed": seconds_since(answer.opened_at),
        "limit": f"{MAX_CHARACTERS:,}",
        "draft_url": room_url(answer, "draft"),
        "submit_url": room_url(answer, "submit"),
    }
    return render(request, "sessions/room.html", context, status=status)
