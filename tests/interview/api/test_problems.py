import json
from typing import Any

import pytest
from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework.test import APIClient

from interview.models import Topic, User
from tests.factories import make_user
from tests.interview.api.callers import API, browser

pytestmark = pytest.mark.django_db


def problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    return body


def client() -> APIClient:
    return browser(make_user())


def post(body: object) -> HttpResponse:
    sent = json.dumps(body)  # escapes what UTF-8 cannot hold
    response: HttpResponse = client().post(f"{API}/answers/", sent, content_type="application/json")
    return response


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
def test_unknown_address_is_told_like_any_problem(method: str) -> None:
    response = getattr(APIClient(), method)(f"{API}/nothing/here/")
    assert problem(response, 404) == {
        "type": "urn:viva:problem:not-found",
        "title": "Not found",
        "status": 404,
        "detail": "There is nothing at this address.",
        "instance": "/api/v1/nothing/here/",
    }


def test_address_without_its_slash_gets_a_hint() -> None:
    body = problem(APIClient().get(f"{API}/answers"), 404)
    assert body["detail"] == "There is nothing at this address. Addresses end with a slash."


def test_missing_row_is_a_problem() -> None:
    body = problem(client().get(f"{API}/question-sets/{2**70}/"), 404)
    assert body["type"] == "urn:viva:problem:not-found"


def test_wrong_method_is_a_problem() -> None:
    body = problem(client().delete(f"{API}/answers/"), 405)
    assert body["type"] == "urn:viva:problem:method-not-allowed"


def test_other_formats_than_json_are_not_offered() -> None:
    assert problem(client().get(f"{API}/answers/", headers={"Accept": "text/html"}), 406)


def test_other_formats_than_json_are_not_read() -> None:
    assert problem(client().post(f"{API}/answers/", "<a/>", content_type="text/xml"), 415)


def test_broken_json_is_a_problem() -> None:
    response = client().post(f"{API}/answers/", "{", content_type="application/json")
    assert problem(response, 400)["type"] == "urn:viva:problem:parse-error"


def test_endless_request_is_refused() -> None:
    response = client().post(f"{API}/answers/", {"text": "x" * 3_000_000}, format="json")
    assert problem(response, 413)["type"] == "urn:viva:problem:content-too-large"


def test_what_cannot_be_used_is_pointed_at() -> None:
    body = problem(post({"question_set": "x", "text": "an answer"}), 400)
    assert body["type"] == "urn:viva:problem:validation-failed"
    assert {error["pointer"] for error in body["errors"]} == {"#/question_set", "#/question"}


@pytest.mark.parametrize("sent", [[], [1], "words", 3, None])
def test_body_of_another_shape_is_a_problem(sent: object) -> None:
    assert problem(post(sent), 400)


@pytest.mark.parametrize("text", ["nul \0", "half a \ud83d pair"])
def test_text_the_database_cannot_hold_is_a_problem(text: str) -> None:
    assert problem(post({"question_set": 1, "question": "q", "text": text}), 400)


def test_half_a_surrogate_pair_is_not_sent_back() -> None:
    assert problem(post({"question_set": 1, "question": "q", "team": "\ud83d", "text": ""}), 400)


def test_wrong_filter_names_its_parameter() -> None:
    body = problem(client().get(f"{API}/answers/?state=lost&session=1"), 400)
    assert {error["parameter"] for error in body["errors"]} == {"state", "session"}


def test_our_own_fault_is_a_problem_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(user: User) -> QuerySet[Topic]:
        raise ZeroDivisionError

    monkeypatch.setattr("interview.api.views.topics.topics_within", fail)
    caller = client()
    caller.raise_request_exception = False
    body = problem(caller.get(f"{API}/topics/"), 500)
    assert body["type"] == "urn:viva:problem:server-error"
    assert "ZeroDivision" not in str(body)
