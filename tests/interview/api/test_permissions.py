import pytest

from interview.api import urls
from interview.api.permissions import HasScope
from interview.models import Answer, Scope, User
from tests.factories import (
    make_graded_answer,
    make_published_set,
    make_session,
    make_team,
    make_user,
)
from tests.interview.api.callers import API, browser, program

pytestmark = pytest.mark.django_db

READS = ["sessions", "answers", "topics", "question-sets", "progress"]


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize(
    ("scopes", "status"),
    [([Scope.READ], 200), ([Scope.ANSWER], 403), ([Scope.REVIEW], 403), ([], 403)],
)
def test_reading_takes_the_read_scope(path: str, scopes: list[Scope], status: int) -> None:
    assert program(make_user(), scopes).get(f"{API}/{path}/").status_code == status


@pytest.mark.parametrize(
    ("scopes", "status"), [([Scope.ANSWER], 201), ([Scope.READ, Scope.REVIEW], 403)]
)
def test_starting_a_session_takes_the_answer_scope(scopes: list[Scope], status: int) -> None:
    body = {"question_set": make_published_set().question_set_id}
    response = program(make_user(), scopes).post(f"{API}/sessions/", body, format="json")
    assert response.status_code == status


@pytest.mark.parametrize(
    ("scopes", "status"), [([Scope.ANSWER], 200), ([Scope.READ, Scope.REVIEW], 403)]
)
def test_finishing_a_session_takes_the_answer_scope(scopes: list[Scope], status: int) -> None:
    user = make_user()
    session = make_session(user)
    response = program(user, scopes).post(f"{API}/sessions/{session.public_id}/finish/")
    assert response.status_code == status


@pytest.mark.parametrize(
    ("scopes", "status"), [([Scope.REVIEW], 201), ([Scope.READ, Scope.ANSWER], 403)]
)
def test_overruling_takes_the_review_scope(scopes: list[Scope], status: int) -> None:
    reviewer = make_user()
    answer = make_graded_answer(make_user(), team=make_team(reviewer=reviewer))
    assert overrule(reviewer, answer, scopes) == status


def test_scope_never_adds_to_a_role() -> None:
    interviewer = make_user()
    answer = make_graded_answer(make_user(), team=make_team(interviewer=interviewer))
    assert overrule(interviewer, answer, list(Scope)) == 403


def test_person_in_the_browser_needs_no_scope() -> None:
    assert browser(make_user()).get(f"{API}/sessions/").status_code == 200


def test_refusal_names_the_scope_that_is_missing() -> None:
    problem = program(make_user(), [Scope.ANSWER]).get(f"{API}/sessions/").json()
    assert problem["detail"] == "This token lacks the scope “read”. Make another one that has it."


def test_every_address_but_the_documentation_asks_for_scopes() -> None:
    views = {pattern.name: pattern.callback.cls for pattern in urls.urlpatterns}
    unguarded = {name for name, view in views.items() if HasScope not in view.permission_classes}
    assert unguarded == {"schema", "docs", "unknown"}


def overrule(user: User, answer: Answer, scopes: list[Scope]) -> int:
    body = {"marks": {"c1": "met", "c2": "met", "c3": "not_met"}, "reason": "It is all there."}
    path = f"{API}/answers/{answer.public_id}/overrule/"
    return program(user, scopes).post(path, body, format="json").status_code
