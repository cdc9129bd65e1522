from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from grading.operations.grades import run_grade
from interview.models import Answer, InterviewSession
from interview.operations.answers import MAX_CHARACTERS, save_draft, submit_answer
from interview.operations.sessions import finish_session
from interview.web.access import SignedInRequest
from interview.web.views import sessions
from tests.factories import (
    first_grade,
    make_answer,
    make_published_set,
    make_session,
    make_topic,
    make_user,
)

pytestmark = pytest.mark.django_db
UNKNOWN = "I don't know."


@pytest.fixture
def sitting(client: Client) -> InterviewSession:
    """Three questions, none answered, its candidate signed in."""
    session = make_session(make_user(), version=make_published_set(questions=3, topic=make_topic()))
    client.force_login(session.candidate)
    return session


def room_of(session: InterviewSession, position: int = 1, name: str = "room") -> str:
    return reverse(name, args=[session.public_id, position])


def place(session: InterviewSession, position: int = 1) -> Answer:
    return session.answers.get(position=position)


def test_sitting_of_another_candidate_is_not_there(
    client: Client, sitting: InterviewSession
) -> None:
    client.force_login(make_user())
    for url in (
        reverse("session", args=[sitting.public_id]),
        reverse("session_finish", args=[sitting.public_id]),
        room_of(sitting),
    ):
        assert client.get(url).status_code == 404
    for name in ("room_draft", "room_submit"):
        assert client.post(room_of(sitting, name=name), {"text": "mine"}).status_code == 404
    assert place(sitting).draft == ""


def test_unknown_sitting_and_unknown_place_are_not_there(
    client: Client, sitting: InterviewSession
) -> None:
    assert client.get(reverse("session", args=[uuid4()])).status_code == 404
    assert client.get(room_of(sitting, 4)).status_code == 404


def test_active_sitting_leads_to_where_the_candidate_left(
    client: Client, sitting: InterviewSession
) -> None:
    client.get(room_of(sitting, 2))
    response = client.get(reverse("session", args=[sitting.public_id]))
    assert response.headers["Location"] == room_of(sitting, 2)


def test_active_sitting_passes_over_answers_that_were_submitted(
    client: Client, sitting: InterviewSession
) -> None:
    submit_answer(answer=place(sitting, 1), text=UNKNOWN)
    response = client.get(reverse("session", args=[sitting.public_id]))
    assert response.headers["Location"] == room_of(sitting, 2)


def test_room_shows_question_draft_and_limit(client: Client, sitting: InterviewSession) -> None:
    save_draft(answer=place(sitting), text="  <b>So</b>\n  far")
    page = client.get(room_of(sitting)).content.decode()
    assert "Question 1 of 3" in page
    assert "\n  &lt;b&gt;So&lt;/b&gt;\n  far</textarea>" in page
    assert "at most 20,000 characters" in page
    assert place(sitting).opened_at is not None


def test_room_keeps_reference_criteria_and_notes_to_itself(
    client: Client, sitting: InterviewSession
) -> None:
    page = client.get(room_of(sitting)).content.decode()
    assert "softmax" not in page
    assert "Graded on 3 points, shown once you submit" in page


def test_room_of_a_submitted_answer_leads_to_its_verdict(
    client: Client, sitting: InterviewSession
) -> None:
    answer = submit_answer(answer=place(sitting), text=UNKNOWN)
    response = client.get(room_of(sitting))
    assert response.headers["Location"] == reverse("verdict", args=[answer.public_id])


def test_room_of_a_finished_sitting_leads_to_its_summary(
    client: Client, sitting: InterviewSession
) -> None:
    finish_session(session=sitting)
    response = client.get(room_of(sitting))
    assert response.headers["Location"] == reverse("session", args=[sitting.public_id])


def test_draft_of_the_script_is_kept_as_typed(client: Client, sitting: InterviewSession) -> None:
    text = "  one\r\n\r\n\ttwo \x00"
    response = client.post(room_of(sitting, name="room_draft"), {"text": text})
    assert (response.status_code, response.content) == (204, b"")
    assert place(sitting).draft == "  one\n\n\ttwo "


def test_draft_after_the_answer_was_submitted_is_a_conflict(
    client: Client, sitting: InterviewSession
) -> None:
    submit_answer(answer=place(sitting), text=UNKNOWN)
    response = client.post(room_of(sitting, name="room_draft"), {"text": "late"})
    assert response.status_code == 409
    assert response.json() == {"detail": "This answer was submitted already; what you sent stands."}


def test_draft_that_is_too_long_is_refused_with_both_lengths(
    client: Client, sitting: InterviewSession
) -> None:
    text = "a" * (MAX_CHARACTERS + 1)
    response = client.post(room_of(sitting, name="room_draft"), {"text": text})
    assert response.status_code == 422
    assert "20,001" in response.json()["detail"]
    assert place(sitting).draft == ""


@pytest.mark.parametrize(
    ("then", "url"),
    [("2", "/2/"), ("home", "/"), ("finish", "/finish/"), ("https://elsewhere.example", "/")],
)
def test_leaving_by_a_button_keeps_the_draft_and_goes_on(
    client: Client, sitting: InterviewSession, then: str, url: str
) -> None:
    response = client.post(room_of(sitting, name="room_draft"), {"text": "Half", "then": then})
    assert response.status_code == 302
    assert response.headers["Location"].endswith(url)
    assert "elsewhere" not in response.headers["Location"]
    assert place(sitting).draft == "Half"


def test_submitting_stores_the_words_and_leads_to_the_verdict(
    client: Client, sitting: InterviewSession
) -> None:
    response = client.post(room_of(sitting, name="room_submit"), {"text": " Mine\r\nalone "})
    answer = place(sitting)
    assert response.headers["Location"] == reverse("verdict", args=[answer.public_id])
    assert answer.submission is not None
    assert answer.submission.text == " Mine\nalone "


def test_submitting_too_much_gives_every_word_back(
    client: Client, sitting: InterviewSession
) -> None:
    text = "long " * (MAX_CHARACTERS // 5) + "end"
    response = client.post(room_of(sitting, name="room_submit"), {"text": text})
    page = response.content.decode()
    assert response.status_code == 422
    assert text in page
    assert "at most 20,000 characters; this one has 20,003." in page
    assert not place(sitting).is_submitted


def test_submitting_into_a_finished_sitting_gives_every_word_back(
    client: Client, sitting: InterviewSession
) -> None:
    finish_session(session=sitting)
    response = client.post(room_of(sitting, name="room_submit"), {"text": "Too late"})
    assert response.status_code == 422
    assert "\nToo late</textarea>" in response.content.decode()


def test_submitting_twice_keeps_the_first_and_shows_its_verdict(
    client: Client, sitting: InterviewSession
) -> None:
    url = room_of(sitting, name="room_submit")
    client.post(url, {"text": "first"})
    response = client.post(url, {"text": "second"}, follow=True)
    submission = place(sitting).submission
    assert submission is not None
    assert submission.text == "first"
    assert "what you sent stands" in response.content.decode()


@pytest.mark.parametrize("name", ["room_draft", "room_submit"])
def test_coming_back_from_the_sign_in_page_leads_to_the_room(
    client: Client, sitting: InterviewSession, name: str
) -> None:
    response = client.get(room_of(sitting, name=name))
    assert response.headers["Location"] == room_of(sitting)
    assert not place(sitting).is_submitted


@pytest.mark.parametrize(("name", "status"), [("room_draft", 409), ("room_submit", 422)])
def test_a_sitting_deleted_at_that_moment_is_told_and_the_words_are_not_lost(
    client: Client,
    sitting: InterviewSession,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    status: int,
) -> None:
    find = sessions.find_place

    def find_and_lose(
        request: SignedInRequest, session_id: UUID, position: int, *, follow_up: bool
    ) -> Answer:
        answer = find(request, session_id, position, follow_up=follow_up)
        InterviewSession.objects.filter(pk=sitting.pk).delete()
        return answer

    monkeypatch.setattr(sessions, "find_place", find_and_lose)
    response = client.post(room_of(sitting, name=name), {"text": "Some words"})
    told = response.content.decode()
    assert (response.status_code, "This sitting is no longer there" in told) == (status, True)
    assert ("Some words" in told) == (name == "room_submit")  # the script still has the draft's


def test_finishing_asks_while_questions_are_open(client: Client, sitting: InterviewSession) -> None:
    submit_answer(answer=place(sitting, 2), text=UNKNOWN)
    page = client.post(reverse("session_finish", args=[sitting.public_id])).content.decode()
    assert "2 questions are not answered yet." in page
    sitting.refresh_from_db()
    assert sitting.is_active


def test_finishing_for_sure_ends_the_sitting_and_leads_to_its_summary(
    client: Client, sitting: InterviewSession
) -> None:
    url = reverse("session_finish", args=[sitting.public_id])
    response = client.post(url, {"confirm": "yes"}, follow=True)
    sitting.refresh_from_db()
    assert not sitting.is_active
    assert "You left all 3 questions open." in response.content.decode()


def test_finishing_asks_nothing_when_everything_is_submitted(client: Client) -> None:
    answer = make_answer(make_user(), text=UNKNOWN)
    client.force_login(answer.session.candidate)
    response = client.get(reverse("session_finish", args=[answer.session.public_id]))
    assert response.headers["Location"] == reverse("session", args=[answer.session.public_id])


def test_summary_gives_the_mean_of_what_is_graded_alone(
    client: Client, sitting: InterviewSession
) -> None:
    submit_answer(answer=place(sitting, 1), text=UNKNOWN)
    run_grade(grade_id=first_grade(place(sitting, 1)).pk)
    submit_answer(answer=place(sitting, 2), text="Waiting for a grader.")
    finish_session(session=sitting)
    response = client.get(reverse("session", args=[sitting.public_id]))
    page = response.content.decode()
    assert "You answered 2 of 3 questions, and 1 is still being graded." in page
    assert (response.context["overall"].estimate, response.context["scored"]) == (0, 1)
    assert "not answered" in page
    assert 'hx-trigger="every 2s"' in page


@pytest.mark.parametrize("rows", [1, 20])
def test_summary_asks_the_database_as_often_for_one_answer_as_for_twenty(
    client: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    session = make_session(make_user(), version=make_published_set(questions=rows))
    for answer in session.answers.all():
        submit_answer(answer=answer, text=UNKNOWN)
        run_grade(grade_id=first_grade(place(session, answer.position)).pk)
    client.force_login(session.candidate)
    with django_assert_num_queries(9):
        client.get(reverse("session", args=[session.public_id]))
