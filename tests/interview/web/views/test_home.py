import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from interview.operations.answers import save_draft
from interview.operations.sessions import remember_place
from tests.factories import (
    make_answer,
    make_graded_answer,
    make_published_set,
    make_session,
    make_team,
    make_topic,
    make_user,
)

pytestmark = pytest.mark.django_db
UNKNOWN = "I don't know."


def test_stranger_is_sent_to_the_sign_in_page(client: Client) -> None:
    response = client.get(reverse("home"))
    assert response.headers["Location"] == f"{reverse('account_login')}?next=/"


def test_new_person_is_led_to_the_library(client: Client) -> None:
    client.force_login(make_user())
    page = client.get(reverse("home")).content.decode()
    assert "Nothing answered yet." in page
    assert f'class="btn primary" href="{reverse("library")}"' in page
    assert "Recent verdicts" not in page


def test_open_sitting_is_the_primary_action_at_the_place_one_left(client: Client) -> None:
    user = make_user()
    session = make_session(user, version=make_published_set(questions=3))
    remember_place(session=session, position=2)
    save_draft(answer=session.answers.get(position=2), text="So far")
    client.force_login(user)
    page = client.get(reverse("home")).content.decode()
    room = reverse("room", args=[session.public_id, 2])
    assert f'class="btn primary" href="{room}">Continue</a>' in page
    assert "Question 2 of 3" in page
    assert page.count("btn primary") == 1


def test_answer_that_is_still_graded_says_so_and_asks_again(client: Client) -> None:
    user = make_user()
    make_answer(user)
    client.force_login(user)
    page = client.get(reverse("home")).content.decode()
    assert "Nothing waits for you, and an answer is being graded." in page
    assert 'hx-trigger="every 2s"' in page
    assert "queued" in page


def test_graded_answer_shows_its_score_and_its_marks(client: Client) -> None:
    user = make_user()
    answer = make_graded_answer(user, text=UNKNOWN)
    client.force_login(user)
    page = client.get(reverse("home")).content.decode()
    assert reverse("verdict", args=[answer.public_id]) in page
    assert 'aria-label="2 missed, 1 not claimed"' in page
    assert "hx-trigger" not in page


def test_least_answered_topics_are_suggested_first(client: Client) -> None:
    user = make_user()
    seen, unseen = make_topic("seen"), make_topic("unseen")
    make_answer(user, version=make_published_set(topic=seen))
    version = make_published_set(topic=unseen)
    client.force_login(user)
    suggested = list(client.get(reverse("home")).context["suggested"])
    assert [(topic.slug, topic.answered) for topic in suggested] == [("unseen", 0), ("seen", 1)]
    assert suggested[0].set_id == version.question_set_id


def test_topics_of_another_teams_set_are_not_suggested(client: Client) -> None:
    make_published_set(team=make_team(), topic=make_topic("secret"))
    client.force_login(make_user())
    assert "Secret" not in client.get(reverse("home")).content.decode()


@pytest.mark.parametrize("rows", [1, 20])
def test_home_asks_the_database_as_often_for_one_answer_as_for_twenty(
    client: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = make_user()
    version = make_published_set(topic=make_topic())
    for _ in range(rows):
        make_graded_answer(user, text=UNKNOWN, version=version)
        make_session(user, version=version)
    client.force_login(user)
    with django_assert_num_queries(11):
        client.get(reverse("home"))
