import re

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from interview.models import QuestionSet, Role, Team, User
from interview.operations.answers import submit_answer
from interview.operations.teams import set_role
from tests.factories import REFERENCE, make_published_set, make_session, make_team, make_user

pytestmark = pytest.mark.django_db
URL = "/teams/north/sets/attention/grading/"
EMPTY = dict.fromkeys(
    ["first", "strong", "effort", "extra_calls", "sure_from", "pass_line", "near"], ""
)


@pytest.fixture
def team() -> Team:
    return make_team("north", admin=make_user("bo"))


@pytest.fixture
def question_set(team: Team) -> QuestionSet:
    return make_published_set(team=team, slug="attention").question_set


@pytest.fixture
def admin(client: Client, question_set: QuestionSet) -> Client:
    client.force_login(User.objects.get(username="bo"))
    return client


def grading_of(question_set: QuestionSet) -> object:
    question_set.refresh_from_db()
    return question_set.grading


def test_every_field_shows_what_is_inherited(admin: Client) -> None:
    page = admin.get(URL).content.decode()
    for inherited in ("claude-haiku-5-5", "claude-sonnet-5-5", "medium"):
        assert f"As the site: {inherited}" in page
    assert "As the site: never" in page  # read again
    assert re.findall(r'placeholder="([^"]*)"', page) == ["0.7", "0.6", "0.03"]
    assert "The local judge grades here." in page


def test_what_departs_is_kept_and_holds_for_answers_from_then_on(
    admin: Client, question_set: QuestionSet
) -> None:
    session = make_session(make_user(), version=question_set.versions.get())
    changes = {"strong": "claude-opus-5-5", "extra_calls": "0", "pass_line": "0.5"}
    assert admin.post(URL, EMPTY | changes).status_code == 302
    kept = {"strong": "claude-opus-5-5", "extra_calls": 0, "pass_line": 0.5}
    assert grading_of(question_set) == kept
    answer = submit_answer(answer=session.answers.get(), text=REFERENCE)
    assert answer.submission is not None
    assert answer.submission.policy == kept
    page = admin.get(URL).content.decode()
    assert '<option value="claude-opus-5-5" selected>' in page
    assert '<option value="0" selected>never' in page
    assert 'value="0.5"' in page


def test_what_is_emptied_follows_the_site_again(admin: Client, question_set: QuestionSet) -> None:
    admin.post(URL, EMPTY | {"effort": "high", "near": "0"})
    assert grading_of(question_set) == {"effort": "high", "near": 0.0}
    admin.post(URL, EMPTY)
    assert grading_of(question_set) == {}


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("sure_from", "7", "Write a number from 0 to 1, such as 0.7, or leave it empty."),
        ("pass_line", "half", "Write a number from 0 to 1, such as 0.6, or leave it empty."),
        ("near", "nan", "Write a number from 0 to 1, such as 0.03, or leave it empty."),
        ("effort", "utmost", "Choose one of the list."),
        ("first", "claude-2", "Choose one of the list."),
        ("extra_calls", "9", "Choose one of the list."),
    ],
)
def test_what_makes_no_sense_is_told_and_not_kept(
    admin: Client, question_set: QuestionSet, field: str, value: str, told: str
) -> None:
    response = admin.post(URL, EMPTY | {field: value})
    assert response.status_code == 422
    assert told in response.content.decode()
    assert grading_of(question_set) == {}


def test_only_the_sites_own_models_are_offered_at_another_server(
    admin: Client, settings: Settings
) -> None:
    settings.ANTHROPIC_BASE_URL = "http://localhost:1"
    settings.CLAUDE_MODEL = settings.CLAUDE_STRONG_MODEL = "qwen3"
    page = admin.get(URL).content.decode()
    assert "qwen3" in page
    assert "claude-opus-5-5" not in page


@pytest.mark.parametrize("role", [Role.CANDIDATE, Role.INTERVIEWER, Role.REVIEWER])
def test_only_admins_of_the_team_change_it(
    client: Client, question_set: QuestionSet, team: Team, role: Role
) -> None:
    person = make_user("cy")
    set_role(team=team, user=person, role=role)
    client.force_login(person)
    assert client.get(URL).status_code == 403
    assert client.post(URL, EMPTY | {"effort": "high"}).status_code == 403
    assert grading_of(question_set) == {}
    if role == Role.INTERVIEWER:
        assert URL not in client.get("/teams/north/sets/attention/").content.decode()


def test_the_set_leads_admins_to_it(admin: Client) -> None:
    assert URL in admin.get("/teams/north/sets/attention/").content.decode()


def test_a_set_may_go_without_follow_ups(admin: Client, question_set: QuestionSet) -> None:
    box = '<input type="checkbox" name="follow_ups"'
    assert " checked" in admin.get(URL).content.decode().partition(box)[2].partition(">")[0]
    for sent, kept in (({}, False), ({"follow_ups": "on"}, True)):
        assert admin.post(URL, EMPTY | sent).status_code == 302
        question_set.refresh_from_db()
        assert question_set.follow_ups is kept
        assert question_set.grading == {}
