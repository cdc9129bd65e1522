"""The waiting page while feedback is written."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from grading.models import Grade
from grading.operations.feedback import publish
from interview.models import Answer
from tests.factories import first_grade, make_answer, make_user

pytestmark = pytest.mark.django_db
ONE, TWO = "You name the <b>variance</b>.", "Say what follows."


@pytest.fixture
def answer(client: Client) -> Answer:
    found = make_answer(make_user())
    Grade.objects.filter(submission=found.submission).update(state=Grade.State.RUNNING)
    client.force_login(found.session.candidate)
    return found


def write(answer: Answer, text: str) -> None:
    publish(grade=first_grade(answer), text=text)


def poll(client: Client, answer: Answer, seen: str) -> HttpResponse:
    url = reverse("verdict_state", args=[answer.public_id])
    return client.get(url, {"seen": seen}, headers={"HX-Request": "true"})


def announced(response: HttpResponse) -> str:
    said = response.content.decode().partition('hx-swap-oob="innerHTML">')[2]
    return said.partition("</p>")[0].strip()


def test_what_is_written_so_far_is_shown_escaped_and_without_a_score(
    client: Client, answer: Answer
) -> None:
    write(answer, ONE)
    page = poll(client, answer, "running.0").content.decode()
    assert "<p>You name the &lt;b&gt;variance&lt;/b&gt;.</p>" in page
    assert "The score appears when every quote has been found" in page
    assert f"?seen=running.{len(ONE)}" in page
    assert 'class="score' not in page


def test_a_screen_reader_is_told_each_sentence_once(client: Client, answer: Answer) -> None:
    assert poll(client, answer, "running.0").status_code == 204
    write(answer, ONE)
    assert announced(poll(client, answer, "running.0")).startswith("You name the")
    write(answer, f"{ONE} {TWO}")
    assert announced(poll(client, answer, f"running.{len(ONE)}")) == TWO
    assert poll(client, answer, f"running.{len(ONE) + 1 + len(TWO)}").status_code == 204


def test_what_is_taken_back_disappears(client: Client, answer: Answer) -> None:
    write(answer, "")
    page = poll(client, answer, f"running.{len(ONE)}")
    assert announced(page) == "Your answer is being graded."
    assert "?seen=running.0" in page.content.decode()


def test_a_reply_begun_anew_is_told_from_its_start(client: Client, answer: Answer) -> None:
    write(answer, TWO)
    assert announced(poll(client, answer, "running.90")) == TWO


def test_a_page_without_a_script_shows_it_too(client: Client, answer: Answer) -> None:
    write(answer, TWO)
    page = client.get(reverse("verdict", args=[answer.public_id])).content.decode()
    assert f"<p>{TWO}</p>" in page


def test_once_it_is_graded_the_verdict_alone_is_told(client: Client, answer: Answer) -> None:
    write(answer, ONE)
    Grade.objects.filter(submission=answer.submission).update(
        state=Grade.State.UNGRADED, reason="refused"
    )
    page = poll(client, answer, f"running.{len(ONE)}")
    assert announced(page) == "This answer could not be graded."
    assert "variance" not in page.content.decode().partition("h-answer")[0]


def test_a_page_whose_reader_signed_out_asks_for_itself_and_not_for_a_piece(
    client: Client, answer: Answer
) -> None:
    client.logout()
    response = poll(client, answer, "running.0")
    assert (response.headers["HX-Refresh"], response.content) == ("true", b"")


def test_nonsense_in_the_address_is_no_error(client: Client, answer: Answer) -> None:
    assert poll(client, answer, "running.x").status_code == 200
