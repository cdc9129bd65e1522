"""The follow-up question to one answer: asked for, and how it stands."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from grading.queries.grades import grade_history
from interview.operations.follow_ups import FollowUpError, ask_follow_up
from interview.web.access import SignedInRequest, signed_in
from interview.web.follow_ups import read_follow_up
from interview.web.rooms import room_url
from interview.web.views.answers import find_answer


@signed_in
def follow_up(request: SignedInRequest, answer_id: UUID) -> HttpResponseBase:
    """Asked for by POST: on to the room where the question is there at once. By htmx, the part of
    the verdict page that tells how it stands; 204 while that is as the page has ``seen`` it."""
    answer = find_answer(request, answer_id)
    page = f"{reverse('verdict', args=[answer_id])}#follow-up"
    if request.method == "POST":
        try:
            reply = ask_follow_up(answer=answer)
        except FollowUpError as error:
            messages.error(request, str(error))
            return redirect("verdict", answer_id=answer_id)
        is_there = reply.follow_up_question.is_written and not reply.is_submitted
        return redirect(room_url(reply) if is_there else page)
    if answer.submission is None or "HX-Request" not in request.headers:  # by GET after signing in
        return redirect(page)
    standing = read_follow_up(answer, grade_history(answer.submission)[0])
    if standing is None or standing.state == request.GET.get("seen"):
        return HttpResponse(status=204)
    context = {"answer": answer, "follow_up": standing, "is_news": True}
    return render(request, "answers/verdict/follow_up.html", context)
