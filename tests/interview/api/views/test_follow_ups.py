from typing import Any

import pytest

from grading.models import Grade
from interview.models import Answer, FollowUpQuestion, Scope, User
from interview.operations.follow_ups import ask_follow_up
from tests.factories import (
    PLAIN_QUESTION,
    REFERENCE,
    SECOND,
    make_follow_up,
    make_graded_answer,
    make_half_answer,
    make_published_set,
    make_team,
    make_user,
)
from tests.interview.api.callers import API, browser, get, program

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return make_user()


@pytest.fixture
def answer(user: User) -> Answer:
    return make_half_answer(user)


def path_of(answer: Answer) -> str:
    return f"/answers/{answer.public_id}/follow-up/"


def ask(user: User, answer: Answer, scopes: list[Scope] | None = None) -> Any:
    caller = browser(user) if scopes is None else program(user, scopes)
    return caller.post(f"{API}{path_of(answer)}")


def submit(user: User, **body: object) -> Any:
    return browser(user).post(f"{API}/answers/", body, format="json")


def test_a_program_asks_answers_and_reads_the_verdict(user: User, answer: Answer) -> None:
    assert get(user, path_of(answer)) == {
        "state": "offered",
        "answer": None,
        "question": "",
        "author": "",
    }
    response = ask(user, answer, [Scope.ANSWER])
    assert response.status_code == 201
    reply = Answer.objects.get(follow_up_of=answer)
    written = {
        "state": "written",
        "answer": str(reply.public_id),
        "question": PLAIN_QUESTION,
        "author": "local",
    }
    assert response.json() == written
    assert ask(user, answer).json() == written
    assert get(user, path_of(answer)) == written
    sent = submit(user, follow_up_of=str(answer.public_id), text=SECOND)
    assert sent.status_code == 201
    shown = sent.json()
    assert (shown["id"], shown["follow_up_of"]) == (str(reply.public_id), str(answer.public_id))
    assert (shown["prompt"], shown["text"], shown["state"]) == (PLAIN_QUESTION, SECOND, "pending")
    assert get(user, f"/answers/{reply.public_id}/grade/")["answer"] == str(reply.public_id)
    again = submit(user, follow_up_of=str(answer.public_id), text="More.")
    assert (again.status_code, again.json()["type"]) == (
        409,
        "urn:viva:problem:answer-not-taken",
    )


def test_what_is_not_offered_is_told_and_refused(user: User) -> None:
    full = make_graded_answer(user, text=REFERENCE)
    assert get(user, path_of(full))["state"] == "none"
    response = ask(user, full)
    assert response.status_code == 409
    assert response.json()["type"] == "urn:viva:problem:follow-up-not-offered"


def test_who_left_the_team_is_offered_none_and_refused_one(user: User) -> None:
    team = make_team(candidate=user)
    answer = make_half_answer(user, version=make_published_set(team=team), team=team)
    assert get(user, path_of(answer))["state"] == "offered"
    team.memberships.all().delete()
    assert get(user, path_of(answer))["state"] == "none"
    assert ask(user, answer).status_code == 409


def test_a_follow_up_has_none_itself(user: User, answer: Answer) -> None:
    reply = make_follow_up(answer, text="The softmax.")
    assert get(user, path_of(reply))["state"] == "none"
    assert ask(user, reply).status_code == 409


def test_asking_takes_the_answer_scope(user: User, answer: Answer) -> None:
    assert ask(user, answer, [Scope.READ, Scope.REVIEW]).status_code == 403
    assert not FollowUpQuestion.objects.exists()


def test_a_reviewer_reads_how_it_stands_and_cannot_ask(user: User) -> None:
    reviewer = make_user()
    answer = make_half_answer(user, team=make_team(candidate=user, reviewer=reviewer))
    assert get(reviewer, path_of(answer))["state"] == "offered"
    refused = ask(reviewer, answer)
    assert refused.status_code == 403
    assert refused.json()["detail"] == "Only the candidate is asked a follow-up question."


def test_nobody_answers_another_persons_follow_up(user: User, answer: Answer) -> None:
    ask_follow_up(answer=answer)
    response = submit(make_user(), follow_up_of=str(answer.public_id), text="Mine.")
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {
            "pointer": "#/follow_up_of",
            "detail": "You were asked no follow-up to such an answer.",
        }
    ]
    assert submit(user, follow_up_of="x", text="").status_code == 400


def test_a_question_that_is_being_written_takes_no_answer(user: User, answer: Answer) -> None:
    reply = ask_follow_up(answer=answer)
    FollowUpQuestion.objects.update(state="writing", rubric=None, text="", author="")
    assert get(user, path_of(answer)) == {
        "state": "writing",
        "answer": str(reply.public_id),
        "question": "",
        "author": "",
    }
    assert get(user, f"/answers/{reply.public_id}/")["prompt"] == ""
    assert submit(user, follow_up_of=str(answer.public_id), text="So.").status_code == 409
    assert Grade.objects.count() == 1


def test_a_session_counts_and_lists_first_answers_alone(user: User, answer: Answer) -> None:
    path = f"/sessions/{answer.session.public_id}/"
    before = get(user, path)
    make_follow_up(answer, text=SECOND)
    assert get(user, path) == before
    assert (before["asked"], before["answered"]) == (1, 1)
    place = {"session": str(answer.session.public_id), "position": 1, "text": "Again."}
    assert submit(user, **place).status_code == 409


def test_answers_tell_follow_ups_and_are_filtered_by_them(user: User, answer: Answer) -> None:
    reply = make_follow_up(answer, text=SECOND)
    first, second = str(answer.public_id), str(reply.public_id)
    rows = {row["id"]: row["follow_up_of"] for row in get(user, "/answers/")["results"]}
    assert rows == {first: None, second: first}
    for wanted, expected in (("true", second), ("false", first)):
        found = get(user, "/answers/", follow_up=wanted)["results"]
        assert [row["id"] for row in found] == [expected]
