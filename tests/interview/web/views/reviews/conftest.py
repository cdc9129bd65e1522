from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from interview.models import Answer, QuestionSetVersion, Role, Team, User
from interview.operations.teams import set_role
from tests.factories import (
    make_published_set,
    make_team,
    make_topic,
    make_user,
)
from tests.interview.aged import scored_answer

MARKS = {"c1": "met", "c2": "not_met", "c3": "not_met"}


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def team() -> Team:
    return make_team("north", reviewer=make_user("rita", first_name="Rita", last_name="Stone"))


@pytest.fixture
def reviewer(client: Client, team: Team) -> User:
    user = User.objects.get(username="rita")
    client.force_login(user)
    return user


@pytest.fixture
def candidate(team: Team) -> User:
    user = make_user("ada", first_name="Ada", last_name="Byron")
    set_role(team=team, user=user, role=Role.CANDIDATE)
    return user


@pytest.fixture
def version() -> QuestionSetVersion:
    return make_published_set(slug="attention", topic=make_topic("scaling"))


@pytest.fixture
def answer(candidate: User, team: Team, version: QuestionSetVersion, now: datetime) -> Answer:
    return scored_answer(candidate, 0.6, now=now, team=team, version=version, marks=MARKS)
