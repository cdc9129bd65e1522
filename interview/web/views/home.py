"""Today: where one is, and what to do next."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import render

from interview.models import Answer
from interview.queries.library import topics_to_practise
from interview.queries.sessions import open_place, open_sessions, recent_answers, with_marks
from interview.web.access import SignedInRequest, signed_in
from interview.web.rows import AnswerRow, rows_of

RECENT = 8
SITTINGS = 4
SUGGESTED = 3


@signed_in
def home(request: SignedInRequest) -> HttpResponse:
    sittings = list(open_sessions(request.user)[:SITTINGS])
    place = open_place(sittings[0], at=sittings[0].position) if sittings else None
    answers = with_marks(recent_answers(request.user)).prefetch_related("question__topics")
    recent = rows_of(answers[:RECENT])
    context = {
        "opening": opening(place, recent),
        "place": place,
        "sittings": sittings,
        "recent": recent,
        "is_waiting": any(row.is_waiting for row in recent),
        "suggested": topics_to_practise(request.user)[:SUGGESTED],
    }
    return render(request, "home/today.html", context)


def opening(place: Answer | None, recent: Sequence[AnswerRow]) -> str:
    """The sentence that says it all: what waits, and how the last answer did."""
    if place is None and not recent:
        return "Nothing answered yet. The first question takes a few minutes."
    first = "A question waits where you left it" if place else "Nothing waits for you"
    waiting = sum(row.is_waiting for row in recent)
    if waiting:
        graded = "an answer is" if waiting == 1 else f"{waiting} answers are"
        return f"{first}, and {graded} being graded."
    scored = next((row.settled for row in recent if row.settled), None)
    if scored is None or not scored.estimate:  # nothing earned is for the verdict page to say
        return f"{first}."
    return f"{first}. Your last verdict stands at {scored.estimate} of 100."
