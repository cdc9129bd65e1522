"""What the tests of reviewing look at and send."""

import re

from django.http import HttpResponse
from django.test import Client

from interview.models import Answer
from tests.factories import (
    first_grade,
)

MARKS = {"c1": "met", "c2": "not_met", "c3": "not_met"}
RULING = {"mark-c1": "met", "mark-c2": "met", "mark-c3": "not_met", "reason": "It is there."}
LIST = "/teams/north/answers/"


def desk(answer: Answer) -> str:
    return f"{LIST}{answer.public_id}/"


def words(response: HttpResponse) -> str:
    """What a reader sees of a page: no tags, single spaces."""
    body = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return words(response)


def rule(client: Client, answer: Answer, query: str = "", **changes: str) -> HttpResponse:
    sent = {"grade": str(first_grade(answer).public_id)} | RULING | changes
    return client.post(f"{desk(answer)}overrule/{query}", sent)


def listed(client: Client, query: str = "") -> list[Answer]:
    response = client.get(LIST + query)
    assert response.status_code == 200
    return [row.answer for row in response.context["rows"]]
