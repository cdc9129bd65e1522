"""What the answers that wait will cost, said on the spend page."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format
from pytest_django.fixtures import Settings

from grading.llm.calls import CallRecord, Tokens
from grading.models import Grade, ModelCall
from grading.operations.ledger import write_calls
from interview.models import Team, User
from tests.factories import first_grade, make_answer, make_published_set, make_team, make_user

pytestmark = pytest.mark.django_db
CALL = CallRecord("claude-haiku-5-5", "claude-1", Tokens(input=250, output=300), 175, 1_900)
URL = "/teams/north/spend/"


@pytest.fixture
def team() -> Team:
    return make_team("north", admin=make_user("bo"), candidate=make_user("ada"))


@pytest.fixture
def admin(client: Client, team: Team) -> Client:
    client.force_login(User.objects.get(username="bo"))
    return client


def waits_as_another_did(team: Team, slug: str) -> None:
    """One answer waits to a set that had one last month."""
    version, candidate = make_published_set(team=team, slug=slug), make_user()
    past = first_grade(make_answer(candidate, version=version, team=team))
    write_calls(grade_id=past.pk, calls=[CALL])
    Grade.objects.filter(pk=past.pk).update(state="ungraded")
    this_month = timezone.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    ModelCall.objects.update(created_at=this_month - timedelta(days=2))
    make_answer(candidate, version=version, team=team)


def waiting_of(client: Client) -> str:
    page = client.get(URL).content.decode()
    section = page.partition('aria-labelledby="h-waiting"')[2].partition("</section>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", section).split())


def test_without_an_answer_so_far_there_is_nothing_to_go_by(admin: Client, team: Team) -> None:
    make_answer(make_user(), version=make_published_set(team=team), team=team)
    assert "No answer was called for yet, so there is nothing to go by" in waiting_of(admin)


def test_answers_without_a_known_price_are_nothing_to_go_by(
    admin: Client, team: Team, settings: Settings
) -> None:
    settings.GRADING_JUDGE = "claude"
    version = make_published_set(team=team)
    team.question_sets.update(grading={"first": "qwen-3"})
    past = first_grade(make_answer(make_user(), version=version, team=team))
    write_calls(grade_id=past.pk, calls=[replace(CALL, model="qwen-3", micro_dollars=None)])
    told = waiting_of(admin)
    assert "about $0" not in told
    assert "No answer was called for yet at a known price, so there is nothing to go by." in told
    assert "is known when the first are graded" not in told


def test_in_a_new_month_the_latest_figures_stand_in_and_their_month_is_told(
    admin: Client, team: Team
) -> None:
    waits_as_another_did(team, "first")
    before = ModelCall.objects.get().created_at
    told = f"if they are like the 1 of {date_format(before, 'F Y')}, the latest there are;"
    assert f"will cost about $0.00018 , {told}" in waiting_of(admin)


@pytest.mark.parametrize("sets", [1, 20])
def test_the_latest_figures_take_as_many_queries_for_one_set_as_for_twenty(
    admin: Client, team: Team, sets: int
) -> None:
    for number in range(sets):
        waits_as_another_did(team, f"set-{number}")
    with CaptureQueriesContext(connection) as captured:
        assert f"{sets} answer" in waiting_of(admin)
    assert len(captured) == 19
