from typing import Any

import pytest

from interview.models import Answer, InterviewSession, User
from interview.operations.answers import save_draft
from interview.operations.sessions import finish_session
from tests.factories import (
    REFERENCE,
    make_answer,
    make_graded_answer,
    make_published_set,
    make_session,
    make_team,
    make_topic,
    make_user,
)
from tests.interview.api.callers import API, browser, get, program

pytestmark = pytest.mark.django_db


def submit(user: User, **body: object) -> Any:
    return browser(user).post(f"{API}/answers/", body, format="json")


def ids(user: User, **query: object) -> set[str]:
    return {row["id"] for row in get(user, "/answers/", **query)["results"]}


def test_answer_from_outside_is_stored_and_waits_for_its_grade() -> None:
    user = make_user()
    version = make_published_set()
    question = version.questions.get()
    body = {"question_set": version.question_set_id, "question": question.key, "text": " As is.\n"}
    response = program(user).post(f"{API}/answers/", body, format="json")
    assert response.status_code == 201
    answer = Answer.objects.get()
    assert answer.submission is not None
    assert answer.submission.text == " As is.\n"
    assert answer.session.state == InterviewSession.State.FINISHED
    assert response.json() == {
        "id": str(answer.public_id),
        "position": 1,
        "attempt": 1,
        "question": {"key": question.key, "title": question.title},
        "state": "pending",
        "score": None,
        "confidence": None,
        "provisional": False,
        "submitted_at": answer.submitted_at.isoformat().replace("+00:00", "Z"),  # type: ignore[union-attr]  # just submitted
        "session": str(answer.session.public_id),
        "follow_up_of": None,
        "candidate": user.username,
        "imported_from": "",
        "team": None,
        "question_set": {
            "id": version.question_set_id,
            "slug": version.question_set.slug,
            "title": version.question_set.title,
            "version": 1,
        },
        "prompt": question.prompt,
        "text": " As is.\n",
        "reference_answer": REFERENCE,
    }


def test_answer_at_a_place_is_taken_once() -> None:
    user = make_user()
    session = make_session(user, version=make_published_set(questions=2))
    body = {"session": str(session.public_id), "position": 2, "text": "First words."}
    assert submit(user, **body).status_code == 201
    again = submit(user, **body | {"text": "Second thoughts."})
    assert again.status_code == 409
    assert again.json()["type"] == "urn:viva:problem:answer-not-taken"
    assert session.answers.get(position=2).submission.text == "First words."


def test_finished_session_takes_no_answer() -> None:
    user = make_user()
    session = make_session(user)
    finish_session(session=session)
    response = submit(user, session=str(session.public_id), position=1, text="Too late.")
    assert response.status_code == 409


def test_nobody_answers_in_another_persons_session() -> None:
    session = make_session(make_user())
    response = submit(make_user(), session=str(session.public_id), position=1, text="Mine.")
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {"pointer": "#/session", "detail": "You have no such session."}
    ]
    assert not Answer.objects.submitted().exists()


@pytest.mark.parametrize("position", [0, 2, 40_000, 2**70])
def test_place_that_is_not_there_is_pointed_at(position: int) -> None:
    user = make_user()
    session = make_session(user)
    response = submit(user, session=str(session.public_id), position=position, text="?")
    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == ["#/position"]


def test_too_long_answer_is_refused_and_nothing_is_made() -> None:
    version = make_published_set()
    body = {"question_set": version.question_set_id, "question": version.questions.get().key}
    response = submit(make_user(), **body, text="x" * 20_001)
    assert response.status_code == 400
    assert not InterviewSession.objects.exists()


def test_blank_answer_is_taken() -> None:
    version = make_published_set()
    body = {"question_set": version.question_set_id, "question": version.questions.get().key}
    assert submit(make_user(), **body, text="").status_code == 201


def test_answer_to_a_teams_set_is_for_that_team() -> None:
    user = make_user()
    team = make_team(candidate=user)
    other = make_team(candidate=user)
    version = make_published_set(team=team)
    body = {
        "question_set": version.question_set_id,
        "question": version.questions.get().key,
        "text": "Variance.",
    }
    assert submit(user, **body).json()["team"] == team.slug
    assert submit(user, **body, team=None).json()["team"] is None
    assert submit(user, **body, team=other.slug).status_code == 400


def test_answers_are_filtered_by_every_filter() -> None:
    user = make_user()
    team = make_team(candidate=user)
    topic = make_topic()
    wanted = make_graded_answer(user, version=make_published_set(topic=topic), team=team)
    make_answer(user)
    session = wanted.session
    for query in (
        {"session": str(session.public_id)},
        {"question_set": session.version.question_set_id},
        {"topic": topic.slug},
        {"team": team.slug},
        {"state": "graded"},
    ):
        assert ids(user, **query) == {str(wanted.public_id)}, query
    assert ids(user, candidate="nobody") == set()
    assert len(ids(user, candidate=user.username)) == 2


def test_reviewer_sees_submitted_answers_of_the_team_but_no_drafts() -> None:
    candidate, reviewer = make_user(), make_user()
    team = make_team(candidate=candidate, reviewer=reviewer)
    submitted = make_answer(candidate, team=team)
    make_answer(candidate)  # not for the team
    draft = make_session(candidate, team=team).answers.get()
    save_draft(answer=draft, text="Not for your eyes.")
    assert ids(reviewer) == {str(submitted.public_id)}
    path = f"{API}/answers/{draft.public_id}/"
    assert browser(reviewer).get(path).status_code == 404
    assert browser(candidate).get(path).status_code == 200


def test_reference_answer_is_withheld_until_submission() -> None:
    user = make_user()
    answer = make_session(user).answers.get()
    found = get(user, f"/answers/{answer.public_id}/")
    assert (found["state"], found["text"], found["reference_answer"]) == ("open", None, None)
