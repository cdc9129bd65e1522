from typing import Any

import pytest

from interview.models import User
from interview.operations.answers import submit_answer
from interview.operations.sessions import finish_session
from tests.factories import make_published_set, make_session, make_team, make_topic, make_user
from tests.interview.api.callers import API, browser, get

pytestmark = pytest.mark.django_db


def start(user: User, **body: object) -> Any:
    return browser(user).post(f"{API}/sessions/", body, format="json")


def test_session_asks_what_was_chosen() -> None:
    topic = make_topic()
    version = make_published_set(questions=3, topic=topic)
    response = start(
        make_user(), question_set=version.question_set_id, topics=[topic.slug], limit=2
    )
    assert response.status_code == 201
    session = response.json()
    assert (session["state"], session["asked"], session["answered"]) == ("active", 2, 0)
    assert session["topics"] == [topic.slug]
    assert [place["position"] for place in session["answers"]] == [1, 2]
    assert session["answers"][0]["prompt"] == version.questions.first().prompt
    assert session["answers"][0]["state"] == "open"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"topics": ["no-such-topic"]}, "#/topics"),
        ({"topics": ["not a slug"]}, "#/topics/0"),
        ({"topics": ["x"] * 101}, "#/topics"),
        ({"team": "not-mine"}, "#/team"),
        ({"limit": 0}, "#/limit"),
        ({"question_set": 2**70}, "#/question_set"),
        ({"question_set": True}, "#/question_set"),
    ],
)
def test_choice_that_is_not_there_is_pointed_at(body: dict[str, Any], pointer: str) -> None:
    make_team("not-mine")
    sent = {"question_set": make_published_set().question_set_id} | body
    response = start(make_user(), **sent)
    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


def test_session_is_finished_once_and_stays_so() -> None:
    user = make_user()
    session = make_session(user)
    path = f"{API}/sessions/{session.public_id}/finish/"
    first = browser(user).post(path).json()
    assert first["state"] == "finished"
    assert browser(user).post(path).json()["finished_at"] == first["finished_at"]


def test_session_counts_what_was_answered() -> None:
    user = make_user()
    session = make_session(user, version=make_published_set(questions=2))
    submit_answer(answer=session.answers.get(position=1), text="Variance.")
    found = get(user, f"/sessions/{session.public_id}/")
    assert (found["asked"], found["answered"], found["state"]) == (2, 1, "active")
    assert [place["state"] for place in found["answers"]] == ["pending", "open"]


def test_sessions_are_ones_own_and_filtered() -> None:
    user = make_user()
    team = make_team(candidate=user)
    wanted = make_session(user, team=team)
    finish_session(session=wanted)
    make_session(user)
    make_session(make_user(), team=team)
    for query in (
        {"state": "finished"},
        {"team": team.slug},
        {"question_set": wanted.version.question_set_id},
    ):
        found = get(user, "/sessions/", **query)["results"]
        assert [row["id"] for row in found] == [str(wanted.public_id)], query
