"""Where no follow-up is offered."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from grading.models import Grade
from interview.models import Answer
from tests.factories import (
    HALF,
    REFERENCE,
    make_answer,
    make_graded_answer,
    make_half_answer,
    make_published_set,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db
OFFER = "Ask me the follow-up"


def page_of(client: Client, answer: Answer) -> str:
    return client.get(reverse("verdict", args=[answer.public_id])).content.decode()


def test_nothing_is_offered_where_nothing_is_to_be_followed(client: Client) -> None:
    answer = make_graded_answer(make_user(), text=REFERENCE)
    client.force_login(answer.session.candidate)
    assert 'id="follow-up"' not in page_of(client, answer)
    response = client.post(reverse("follow_up", args=[answer.public_id]), follow=True)
    assert "There is no follow-up question to this answer." in response.content.decode()
    assert Answer.objects.count() == 1


def test_nothing_is_offered_before_the_verdict_or_without_one(client: Client) -> None:
    answer = make_answer(make_user(), text=HALF)
    client.force_login(answer.session.candidate)
    assert OFFER not in page_of(client, answer)
    Grade.objects.update(state="ungraded", reason="worker_lost", finished_at=timezone.now())
    assert OFFER not in page_of(client, answer)


def test_nothing_is_offered_to_who_left_the_team(client: Client) -> None:
    candidate = make_user()
    team = make_team(candidate=candidate)
    answer = make_half_answer(candidate, version=make_published_set(team=team), team=team)
    client.force_login(candidate)
    assert OFFER in page_of(client, answer)
    team.memberships.all().delete()
    assert 'id="follow-up"' not in page_of(client, answer)
