from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from grading.models import BatchRun
from grading.operations.batches import advance
from grading.operations.grades import run_grade
from interview.models import QuestionSet, Team
from interview.operations.regrades import estimate_set
from interview.web.money import about_dollars
from tests.factories import (
    REFERENCE,
    first_grade,
    make_answer,
    make_published_set,
    make_team,
    make_user,
)
from tests.fakes.claude_api import ClaudeApi

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(settings: Settings, claude_api: ClaudeApi) -> Team:
    """Claude grades; a batch ends at once."""
    settings.GRADING_JUDGE = "claude"
    settings.ANTHROPIC_API_KEY = "sk-ant-test"
    settings.ANTHROPIC_BASE_URL = claude_api.url
    settings.CLAUDE_EXTRA_CALLS = 0
    claude_api.set(batch_seconds=0)
    return make_team("north", interviewer=make_user("editor"), candidate=make_user("candidate"))


@pytest.fixture
def answered(team: Team, settings: Settings) -> QuestionSet:
    """A set with three answers that the local judge has graded."""
    settings.GRADING_JUDGE = "local"
    version = make_published_set(team=team, slug="attention")
    for text in (REFERENCE, f"{REFERENCE} And so on.", "The softmax saturates, says the paper."):
        answer = make_answer(make_user(), version=version, team=team, text=text)
        run_grade(grade_id=first_grade(answer).pk)
    settings.GRADING_JUDGE = "claude"
    return version.question_set


@pytest.fixture
def browser(client: Client, team: Team) -> Client:
    client.force_login(team.memberships.get(role="interviewer").user)
    return client


URL = "/teams/north/sets/attention/regrade/"


def test_it_says_what_it_would_come_to(browser: Client, answered: QuestionSet) -> None:
    html = browser.get(URL).content.decode()
    assert "Grade 3 answers again" in html
    assert "claude-haiku-5-5" in html
    found = estimate_set(question_set=answered)
    assert (found.answers, found.to_regrade, found.ruled, found.up_to_date) == (3, 3, 0, 0)
    assert found.micro_dollars is not None
    assert 300 < found.micro_dollars < 2_000  # three answers of Haiku, at half price
    assert f"<dd>{about_dollars(found.micro_dollars)}</dd>" in html


def test_half_price_and_an_hour_are_said_of_claude_alone(
    browser: Client, answered: QuestionSet, settings: Settings
) -> None:
    assert "half price" in browser.get(URL).content.decode()
    settings.GRADING_JUDGE = "local"
    assert "half price" not in browser.get(URL).content.decode()


def test_a_run_is_begun_followed_and_told_of(browser: Client, answered: QuestionSet) -> None:
    assert browser.post(URL, {"do": "start"}).status_code == 302
    html = browser.get(URL).content.decode()
    assert "0 of 3 answers judged" in html
    assert 'hx-trigger="every 3s"' in html
    assert f"{BatchRun.objects.get().created_at:%H:%M} UTC</time>" in html
    assert 'value="start"' not in html
    for round_ in range(3):
        due = timezone.now() + timedelta(seconds=100 * round_)
        advance(run_id=BatchRun.objects.get().pk, now=due)
    html = browser.get(URL).content.decode()
    assert "hx-trigger" not in html
    assert "of 3 answers" in html
    assert f"{BatchRun.objects.get().finished_at:%H:%M} UTC</time>" in html
    assert "Nothing to grade again." in html


def test_a_second_start_says_that_one_is_under_way(browser: Client, answered: QuestionSet) -> None:
    browser.post(URL, {"do": "start"})
    page = browser.post(URL, {"do": "start"}, follow=True).content.decode()
    assert "being graded again already" in page
    assert BatchRun.objects.count() == 1


def test_a_run_can_be_stopped(browser: Client, answered: QuestionSet) -> None:
    browser.post(URL, {"do": "start"})
    browser.post(URL, {"do": "stop"})
    assert "being stopped" in browser.get(URL).content.decode()
    advance(run_id=BatchRun.objects.get().pk, now=timezone.now())
    assert "stopped before it was its turn" in browser.get(URL).content.decode()


def test_where_the_server_takes_no_batches_it_says_what_to_set_and_then_that_none_was_taken(
    browser: Client, answered: QuestionSet, settings: Settings, claude_api: ClaudeApi
) -> None:
    claude_api.set(lacks=["/v1/messages/batches"])
    browser.post(URL, {"do": "start"})
    advance(run_id=BatchRun.objects.get().pk, now=timezone.now())
    assert "VIVA_CLAUDE_WITHOUT" in browser.get(URL).content.decode()
    settings.CLAUDE_WITHOUT = ["batches"]
    advance(run_id=BatchRun.objects.get().pk, now=timezone.now())
    assert "The server that Claude is asked at takes no batches." in (
        browser.get(URL).content.decode()
    )


def test_candidates_of_the_team_may_not(client: Client, answered: QuestionSet, team: Team) -> None:
    client.force_login(team.memberships.get(role="candidate").user)
    assert client.post(URL, {"do": "start"}).status_code == 403
    assert BatchRun.objects.count() == 0


def test_without_answers_there_is_nothing_to_do(browser: Client, team: Team) -> None:
    make_published_set(team=team, slug="attention")
    html = browser.get(URL).content.decode()
    assert "No answer to this set has been graded yet." in html


def test_without_a_key_it_says_so(
    browser: Client, answered: QuestionSet, settings: Settings
) -> None:
    settings.ANTHROPIC_API_KEY = ""
    html = browser.get(URL).content.decode()
    assert "There is no ANTHROPIC_API_KEY" in html
    assert 'value="start"' not in html


def test_the_page_takes_the_same_queries_for_any_number_of_answers(
    browser: Client,
    answered: QuestionSet,
    team: Team,
    settings: Settings,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(12):
        browser.get(URL)
    settings.GRADING_JUDGE = "local"
    version = answered.versions.get()
    for number in range(17):
        answer = make_answer(make_user(), version=version, team=team, text=f"{REFERENCE} {number}")
        run_grade(grade_id=first_grade(answer).pk)
    settings.GRADING_JUDGE = "claude"
    with django_assert_num_queries(12):
        browser.get(URL)


def test_the_set_leads_to_it(browser: Client, answered: QuestionSet) -> None:
    assert URL in browser.get(reverse("set_edit", args=("north", "attention"))).content.decode()
