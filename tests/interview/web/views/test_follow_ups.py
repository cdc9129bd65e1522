import re
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from grading.models import Grade
from interview.models import Answer, FollowUpQuestion, InterviewSession
from interview.operations import follow_ups
from interview.operations.answers import save_draft, submit_answer
from interview.operations.follow_ups import ask_follow_up
from interview.web.access import SignedInRequest
from interview.web.views import sessions
from tests.factories import (
    HALF,
    PLAIN_QUESTION,
    SECOND,
    first_grade,
    make_follow_up,
    make_half_answer,
    make_published_set,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db
OFFER = "Ask me the follow-up"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def answer(client: Client) -> Answer:
    """One point made and one missed; its candidate signed in."""
    answer = make_half_answer(make_user())
    client.force_login(answer.session.candidate)
    return answer


@pytest.fixture
def reply(answer: Answer) -> Answer:
    return ask_follow_up(answer=answer)


def url_of(answer: Answer, name: str = "follow_up") -> str:
    return reverse(name, args=[answer.public_id])


def room_of(answer: Answer, door: str = "room") -> str:
    return reverse(f"follow_up_{door}", args=[answer.session.public_id, answer.position])


def page_of(client: Client, answer: Answer) -> str:
    return client.get(url_of(answer, "verdict")).content.decode()


def part_of(client: Client, answer: Answer) -> str:
    """The follow-up's own section of the verdict page."""
    found = re.search(
        r'<section class="sec" id="follow-up".*?</section>', page_of(client, answer), re.DOTALL
    )
    assert found is not None
    return found[0]


def set_state(state: str) -> None:
    FollowUpQuestion.objects.update(state=state, rubric=None, text="")


def test_a_verdict_that_missed_something_offers_one_before_it_tells_the_rest(
    client: Client, answer: Answer
) -> None:
    page = page_of(client, answer)
    assert OFFER in page
    told = first_grade(answer).feedback
    assert page.count(told) == 1
    assert page.index(OFFER) < page.index(told) < page.index("Point by point")
    assert "<noscript>" not in page


def test_asking_leads_to_the_room_where_the_question_is_there(
    client: Client, answer: Answer
) -> None:
    response = client.post(url_of(answer), follow=True)
    assert response.redirect_chain == [(room_of(answer), 302)]
    page = response.content.decode()
    assert f'<h1 class="ask">{PLAIN_QUESTION}</h1>' in page
    assert "Follow-up to question 1" in page
    assert "of about 2 min" in page
    assert HALF in page
    assert "Graded on one point, and apart" in page
    for absent in ("Skip for now", "Finish this sitting", "softmax", "Previous question"):
        assert absent not in page


def test_asking_by_get_changes_nothing(client: Client, answer: Answer) -> None:
    response = client.get(url_of(answer))
    assert response.headers["Location"] == f"{url_of(answer, 'verdict')}#follow-up"
    assert Answer.objects.count() == 1


def test_the_room_keeps_drafts_and_words_that_are_refused(client: Client, reply: Answer) -> None:
    draft, submit = room_of(reply, "draft"), room_of(reply, "submit")
    assert client.post(draft, {"text": "So far"}).status_code == 204
    assert "So far</textarea>" in client.get(room_of(reply)).content.decode()
    assert client.post(draft, {"text": "x" * 20_001}).status_code == 422
    page = client.post(submit, {"text": "x" * 20_001})
    assert page.status_code == 422
    assert "What you wrote is still here." in page.content.decode()
    away = client.post(draft, {"text": "So far, so good", "then": "verdict"})
    assert away.headers["Location"] == url_of(reply.follow_up_of or reply, "verdict")
    here = client.post(draft, {"text": "So far, so good", "then": "here"})
    assert here.headers["Location"] == room_of(reply)
    assert Answer.objects.get(pk=reply.pk).draft == "So far, so good"
    for door in (draft, submit):
        assert client.get(door).headers["Location"] == room_of(reply)


def test_the_first_place_is_still_its_own_room(client: Client) -> None:
    answer = make_half_answer(make_user(), version=make_published_set(questions=2))
    client.force_login(answer.session.candidate)
    ask_follow_up(answer=answer)
    room = reverse("room", args=[answer.session.public_id, 1])
    assert client.get(room).headers["Location"] == url_of(answer, "verdict")
    assert client.get(room_of(answer)).status_code == 200
    session = InterviewSession.objects.get()
    assert session.position == 1
    page = page_of(client, answer)
    assert "Go on to question 2" in page


def test_submitted_it_has_a_verdict_of_its_own_page(client: Client, reply: Answer) -> None:
    response = client.post(room_of(reply, "submit"), {"text": SECOND}, follow=True)
    assert response.redirect_chain == [(url_of(reply, "verdict"), 302)]
    page = response.content.decode()
    assert f'<h1 class="ask">{PLAIN_QUESTION}</h1>' in page
    assert f'{url_of(reply.follow_up_of or reply, "verdict")}">your first answer' in page
    again = client.post(room_of(reply, "submit"), {"text": "More."}, follow=True)
    assert "what you sent stands" in again.content.decode()
    assert client.get(room_of(reply)).headers["Location"] == url_of(reply, "verdict")
    late = client.post(room_of(reply, "draft"), {"text": "More."})
    assert late.status_code == 409


def test_its_verdict_stands_apart_from_the_first(client: Client, answer: Answer) -> None:
    before = client.get(url_of(answer, "verdict")).context["reading"].interval
    reply = make_follow_up(answer, text=SECOND)
    shown = client.get(url_of(answer, "verdict"))
    assert shown.context["reading"].interval == before
    part = part_of(client, answer)
    assert PLAIN_QUESTION in part
    assert "Your first score stands." in part
    own = shown.context["follow_up"].reading.interval
    assert f"<b>{own.estimate}</b>" in part
    page = page_of(client, answer)
    told = first_grade(answer).feedback
    assert page.count(told) == 1
    assert page.index(told) < page.index('id="follow-up"')
    page = page_of(client, reply)
    assert "Back to the first verdict" in page
    assert "Try again" not in page
    assert 'id="follow-up"' not in page
    retry = client.post(url_of(reply, "answer_retry"), follow=True)
    assert "asked once" in retry.content.decode()


@pytest.mark.parametrize(
    ("state", "words"),
    [("pending", "queued for grading"), ("running", "being graded")],
)
def test_while_it_is_graded_the_first_page_says_so_and_looks_again(
    client: Client, answer: Answer, reply: Answer, state: str, words: str
) -> None:
    submit_answer(answer=reply, text=SECOND)
    Grade.objects.filter(pk=first_grade(Answer.objects.get(pk=reply.pk)).pk).update(state=state)
    part = part_of(client, answer)
    assert words in part
    assert f"?seen={state}" in part
    assert '<noscript><meta http-equiv="refresh"' in page_of(client, answer)


def test_a_stand_in_is_looked_after_by_script_alone(client: Client, answer: Answer) -> None:
    reply = make_follow_up(answer, text=SECOND)
    Grade.objects.filter(pk=first_grade(reply).pk).update(provisional=True)
    assert 'hx-trigger="every 10s"' in part_of(client, answer)
    assert "<noscript>" not in page_of(client, answer)
    news = client.get(url_of(answer), {"seen": "running"}, headers=HTMX).content.decode()
    assert 'hx-swap-oob="innerHTML">The follow-up is graded: ' in news


def test_a_stand_in_that_stays_says_so(client: Client, answer: Answer) -> None:
    grade = first_grade(make_follow_up(answer, text=SECOND))
    Grade.objects.filter(pk=grade.pk).update(provisional=True, doubts=["given_up"])
    part = part_of(client, answer)
    assert "The grader itself could not grade it." in part
    assert "hx-trigger" not in part


def test_one_that_could_not_be_graded_has_no_number(
    client: Client, answer: Answer, reply: Answer
) -> None:
    submit_answer(answer=reply, text=SECOND)
    graded = Grade.objects.filter(submission__answer__pk=reply.pk)
    graded.update(state="ungraded", reason="judge_failed", finished_at=timezone.now())
    part = part_of(client, answer)
    assert "could not be graded, so it has no score" in part
    assert "of 100" not in part
    page = page_of(client, Answer.objects.get(pk=reply.pk))
    assert "This answer could not be graded." in page
    assert "try again" not in page.lower()


def test_a_written_question_waits_for_its_answer(
    client: Client, answer: Answer, reply: Answer
) -> None:
    part = part_of(client, answer)
    assert (PLAIN_QUESTION in part, "Answer it" in part, "hx-get" in part) == (True, True, False)
    page = page_of(client, answer)
    assert page.index(PLAIN_QUESTION) < page.index(first_grade(answer).feedback)
    save_draft(answer=reply, text="So far")
    assert "Go on answering" in part_of(client, answer)
    assert client.get(url_of(reply, "verdict")).headers["Location"] == room_of(reply)


def test_until_it_is_written_the_page_looks_again_with_and_without_script(
    client: Client, answer: Answer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.GRADING_JUDGE = "claude"
    monkeypatch.setattr(follow_ups, "nudge", lambda **_: None)
    response = client.post(url_of(answer))
    assert response.headers["Location"] == f"{url_of(answer, 'verdict')}#follow-up"
    page = page_of(client, answer)
    assert "The question is being written." in page
    anew = f'content="3; url={url_of(answer, "verdict")}"'
    assert f'<noscript><meta http-equiv="refresh" {anew}></noscript>' in page
    assert client.get(url_of(answer), {"seen": "writing"}, headers=HTMX).status_code == 204
    assert client.get(room_of(answer)).headers["Location"] == url_of(answer, "verdict")
    set_state("failed")
    part = client.get(url_of(answer), {"seen": "writing"}, headers=HTMX).content.decode()
    assert "No follow-up question could be written this time." in part
    assert "hx-get" not in part
    assert '<p id="announce" hx-swap-oob="innerHTML">No follow-up question could be' in part
    assert "hx-swap-oob" not in page_of(client, answer)
    client.post(url_of(answer))
    assert FollowUpQuestion.objects.get().state == "writing"


def test_a_question_that_stands_in_for_claudes_says_so(
    client: Client, answer: Answer, reply: Answer
) -> None:
    said = "Claude could not write a question, so this plain one stands in."
    assert said not in part_of(client, answer)
    FollowUpQuestion.objects.update(author="stand_in")
    assert said in part_of(client, answer)


def test_a_question_is_shown_as_text(client: Client, answer: Answer, reply: Answer) -> None:
    FollowUpQuestion.objects.update(text="Why <script>alert(1)</script>?")
    for page in (page_of(client, answer), client.get(room_of(reply)).content.decode()):
        assert "Why &lt;script&gt;alert(1)&lt;/script&gt;?" in page
        assert "<script>alert" not in page


def test_nobody_else_asks_or_answers_not_even_a_reviewer(client: Client) -> None:
    candidate, reviewer = make_user(), make_user()
    team = make_team(candidate=candidate, reviewer=reviewer)
    answer = make_half_answer(candidate, version=make_published_set(team=team), team=team)
    for stranger in (make_user(), reviewer):
        client.force_login(stranger)
        assert client.post(url_of(answer)).status_code == 404
        assert client.get(url_of(answer), headers=HTMX).status_code == 404
    assert Answer.objects.count() == 1
    ask_follow_up(answer=answer)
    for stranger in (make_user(), reviewer):
        client.force_login(stranger)
        for door in ("room", "draft", "submit"):
            assert client.post(room_of(answer, door), {"text": "Mine."}).status_code == 404


@pytest.mark.parametrize(("door", "status"), [("draft", 409), ("submit", 422)])
def test_one_deleted_at_that_moment_is_told_and_the_words_are_not_lost(
    client: Client, reply: Answer, monkeypatch: pytest.MonkeyPatch, door: str, status: int
) -> None:
    find = sessions.find_place

    def find_and_lose(
        request: SignedInRequest, session_id: UUID, position: int, *, follow_up: bool
    ) -> Answer:
        answer = find(request, session_id, position, follow_up=follow_up)
        InterviewSession.objects.filter(pk=reply.session_id).delete()
        return answer

    monkeypatch.setattr(sessions, "find_place", find_and_lose)
    response = client.post(room_of(reply, door), {"text": SECOND})
    told = response.content.decode()
    assert (response.status_code, "This sitting is no longer there" in told) == (status, True)
    assert (SECOND in told) == (door == "submit")  # the script still has the draft's
