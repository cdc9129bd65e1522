import json

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from grading.models import Account
from grading.operations.budget import set_cap
from interview.models import User
from interview.operations.answers import submit_answer
from interview.queries.payers import library_labels
from tests.factories import REFERENCE, make_published_set, make_session, make_team, make_user
from tests.fakes.claude_api import ClaudeApi

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(client: Client) -> User:
    user = make_user("operator")
    user.is_staff = user.is_superuser = True
    user.save()
    client.force_login(user)
    return user


@pytest.fixture
def claude_grades(settings: Settings, claude_api: ClaudeApi) -> ClaudeApi:
    settings.GRADING_JUDGE = "claude"
    settings.ANTHROPIC_API_KEY = "sk-ant-test"
    settings.ANTHROPIC_BASE_URL = claude_api.url
    return claude_api


def change(client: Client, pk: int, grading: str) -> str:
    url = reverse("admin:interview_questionset_change", args=[pk])
    fields = {"title": "Attention", "description": "", "grading": grading}
    return client.post(url, fields, follow=True).content.decode()


def test_how_a_set_is_graded_holds_for_answers_from_then_on(client: Client, operator: User) -> None:
    version = make_published_set()
    session = make_session(make_user(), version=version)
    policy = {"first": "claude-sonnet-5-5", "extra_calls": 0}
    change(client, version.question_set_id, json.dumps(policy))
    answer = submit_answer(answer=session.answers.get(), text=REFERENCE)
    assert answer.submission is not None
    assert answer.submission.policy == policy


def test_a_policy_that_makes_no_sense_is_refused_with_the_reason(
    client: Client, operator: User
) -> None:
    question_set = make_published_set().question_set
    page = change(client, question_set.pk, '{"extra_calls": 9}')
    assert "extra_calls is a number from 0 to 2." in page
    page = change(client, question_set.pk, '["a list"]')
    assert "A policy is a list of names and values." in page
    question_set.refresh_from_db()
    assert question_set.grading == {}


def test_a_model_that_is_not_there_is_refused_before_it_pauses_grading(
    client: Client, operator: User, claude_grades: ClaudeApi
) -> None:
    question_set = make_published_set().question_set
    page = change(client, question_set.pk, '{"first": "claude-9"}')
    assert "claude-9 cannot be asked." in page
    question_set.refresh_from_db()
    assert question_set.grading == {}


def test_a_model_that_no_cap_stops_is_kept_with_a_warning(
    client: Client, operator: User, claude_grades: ClaudeApi
) -> None:
    question_set = make_published_set().question_set
    assert "price is known" not in change(client, question_set.pk, "{}")
    page = change(client, question_set.pk, '{"first": "claude-haiku-4-5"}')
    assert "No price is known for claude-haiku-4-5: no cap stops what it is asked." in page
    question_set.refresh_from_db()
    assert question_set.grading == {"first": "claude-haiku-4-5"}


def test_from_a_set_of_the_library_it_is_one_step_to_its_cap(
    client: Client, operator: User
) -> None:
    question_set = make_published_set().question_set
    set_cap(keys=library_labels(question_set), cap=2_500_000, period=Account.Period.MONTH)
    account = Account.objects.get(key=f"set:{question_set.pk}")
    page = client.get(reverse("admin:interview_questionset_change", args=[question_set.pk]))
    link = reverse("admin:grading_account_change", args=[account.pk])
    assert f'<a href="{link}">$0 spent this month, cap $2.50</a>' in page.content.decode()


def test_who_may_not_see_accounts_sees_no_spend_of_a_set(client: Client, operator: User) -> None:
    operator.is_superuser = False
    operator.save()
    operator.user_permissions.add(Permission.objects.get(codename="view_questionset"))
    address = reverse(
        "admin:interview_questionset_change", args=[make_published_set().question_set_id]
    )
    assert "spent this month" not in client.get(address).content.decode()
    operator.user_permissions.add(Permission.objects.get(codename="view_account"))
    assert "spent this month" in client.get(address).content.decode()


def test_what_a_teams_set_costs_is_the_teams(client: Client, operator: User) -> None:
    question_set = make_published_set(team=make_team()).question_set
    page = client.get(reverse("admin:interview_questionset_change", args=[question_set.pk]))
    assert "paid by its team" in page.content.decode()
