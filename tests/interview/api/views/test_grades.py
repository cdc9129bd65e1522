from typing import Any

import pytest

from grading.models import Grade
from interview.models import Answer, User
from tests.factories import (
    REFERENCE,
    first_grade,
    make_answer,
    make_graded_answer,
    make_session,
    make_team,
    make_user,
)
from tests.interview.api.callers import API, browser, get

pytestmark = pytest.mark.django_db

MARKS = {"c1": "met", "c2": "partial", "c3": "not_met"}


def rule(user: User, answer: Answer, **body: object) -> Any:
    path = f"{API}/answers/{answer.public_id}/overrule/"
    return browser(user).post(path, {"marks": MARKS, "reason": "Seen it."} | body, format="json")


@pytest.fixture
def reviewer() -> User:
    return make_user()


@pytest.fixture
def answer(reviewer: User) -> Answer:
    return make_graded_answer(make_user(), team=make_team(reviewer=reviewer))


def test_grade_tells_marks_with_the_words_they_rest_on(answer: Answer) -> None:
    grade = get(answer.session.candidate, f"/answers/{answer.public_id}/grade/")
    assert (grade["state"], grade["answer"]) == ("graded", str(answer.public_id))
    assert 0.95 <= grade["score"] <= 1
    assert [verdict["criterion"]["key"] for verdict in grade["verdicts"]] == ["c1", "c2", "c3"]
    spans = [span for verdict in grade["verdicts"] for span in verdict["evidence"]]
    assert spans
    assert all(span["quote"] == REFERENCE[span["start"] : span["end"]] for span in spans)


@pytest.mark.parametrize("state", ["pending", "running"])
def test_unfinished_grade_has_a_state_and_no_score(state: str) -> None:
    answer = make_answer(make_user())
    Grade.objects.update(state=state)
    grade = get(answer.session.candidate, f"/answers/{answer.public_id}/grade/")
    assert (grade["state"], grade["score"], grade["verdicts"]) == (state, None, [])


def test_ungraded_answer_has_a_reason_and_no_score() -> None:
    answer = make_answer(make_user())
    Grade.objects.update(state="ungraded", reason="judge_failed", detail="The judge gave up.")
    grade = get(answer.session.candidate, f"/answers/{answer.public_id}/grade/")
    assert (grade["state"], grade["reason"], grade["score"]) == ("ungraded", "judge_failed", None)


def test_grade_of_an_answer_that_is_still_open_is_not_there() -> None:
    user = make_user()
    place = make_session(user).answers.get()
    response = browser(user).get(f"{API}/answers/{place.public_id}/grade/")
    assert response.status_code == 404


def test_ruling_supersedes_and_the_old_grade_stays(reviewer: User, answer: Answer) -> None:
    old = first_grade(answer)
    response = rule(reviewer, answer, reason="The second point is only half there.")
    assert response.status_code == 201
    ruling = response.json()
    assert ruling["score"] == pytest.approx(0.8)
    assert ruling["supersedes"] == str(old.public_id)
    assert ruling["ruled_by"] == reviewer.username
    history = get(answer.session.candidate, f"/answers/{answer.public_id}/grades/")["results"]
    assert [grade["id"] for grade in history] == [ruling["id"], str(old.public_id)]
    assert get(reviewer, f"/grades/{old.public_id}/")["score"] == old.score
    assert get(reviewer, f"/answers/{answer.public_id}/grade/")["id"] == ruling["id"]


def test_ruling_on_a_grade_that_was_superseded_meanwhile_is_refused(
    reviewer: User, answer: Answer
) -> None:
    old = first_grade(answer)
    assert rule(reviewer, answer).status_code == 201
    response = rule(reviewer, answer, grade=str(old.public_id))
    assert response.status_code == 409
    assert response.json()["type"] == "urn:viva:problem:grade-not-current"


def test_ruling_on_a_grade_of_another_answer_is_refused(reviewer: User, answer: Answer) -> None:
    other = make_graded_answer(reviewer)
    response = rule(reviewer, answer, grade=str(first_grade(other).public_id))
    assert response.status_code == 404


def test_ruling_before_the_verdict_is_refused(reviewer: User) -> None:
    waiting = make_answer(make_user(), team=make_team(reviewer=reviewer))
    assert rule(reviewer, waiting).status_code == 409


@pytest.mark.parametrize(
    ("marks", "status"),
    [
        ({"c1": "met"}, 422),
        (MARKS | {"c9": "met"}, 422),
        (MARKS | {"c3": "met"}, 422),
        (MARKS | {"c1": "splendid"}, 400),
        ([], 400),
    ],
)
def test_ruling_that_cannot_stand_is_refused(
    reviewer: User, answer: Answer, marks: object, status: int
) -> None:
    assert rule(reviewer, answer, marks=marks).status_code == status
    assert Grade.objects.count() == 1


def test_ruling_needs_a_reason(reviewer: User, answer: Answer) -> None:
    response = rule(reviewer, answer, reason="  ")
    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == ["#/reason"]
