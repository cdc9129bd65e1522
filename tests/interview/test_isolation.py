"""Nobody sees another team's things: every URL name there is, walked by strangers.

A new URL name fails the first test until it has a place in one of the two tables.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from interview.models import Answer, InterviewSession, QuestionSet, Scope, Team, User
from interview.operations.drafts import open_draft
from interview.operations.follow_ups import ask_follow_up
from interview.operations.tokens import create_token
from tests.factories import (
    first_grade,
    make_half_answer,
    make_published_set,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db
SECRET = "Northern lights"  # stands in every piece of text the team owns

# Pages that name no one's thing in their address: strangers get their own, without the secret.
OWN_PAGES = {
    "home", "library", "progress", "tokens", "markdown_preview", "healthz",
    "api:topics", "api:question_sets", "api:sessions", "api:answers", "api:progress",
    "api:schema", "api:docs", "api:unknown",
}  # fmt: skip
# Pages of other hands: django-allauth's, about oneself alone, and the operators' admin.
OTHER_HANDS = ("account_", "admin:")


@dataclass(frozen=True)
class North:
    """A team with a set and a sitting with a graded answer and a follow-up under way."""

    team: Team
    candidate: User
    question_set: QuestionSet
    session: InterviewSession
    answer: Answer
    token_key: str

    @property
    def address(self) -> dict[str, Any]:
        """A value for every parameter that any URL takes."""
        return {
            "team": self.team.slug,
            "pk": self.question_set.pk,
            "number": 1,
            "set_slug": self.question_set.slug,
            "key": open_draft(question_set=self.question_set).questions.get().key,
            "session_id": self.session.public_id,
            "position": 1,
            "answer_id": self.answer.public_id,
            "grade_id": first_grade(self.answer).public_id,
            "token_key": self.token_key,
        }


@pytest.fixture
def north() -> North:
    candidate = make_user("north-candidate", first_name=SECRET)
    team = make_team("north", candidate=candidate, admin=make_user("north-admin"))
    version = make_published_set(team=team, slug="northern-lights")
    token, _ = create_token(
        user=candidate, name=SECRET, scopes=[Scope.READ], lifetime=timedelta(days=1)
    )
    answer = make_half_answer(candidate, version=version, team=team)
    ask_follow_up(answer=answer)
    return North(
        team=team,
        candidate=candidate,
        question_set=version.question_set,
        session=answer.session,
        answer=answer,
        token_key=token.token_key,
    )


@pytest.fixture(params=["candidate elsewhere", "admin elsewhere", "nobody's"])
def stranger(request: pytest.FixtureRequest, client: Client) -> Client:
    user = make_user("stranger")
    if request.param != "nobody's":
        make_team("south", **{request.param.split()[0]: user})
    client.force_login(user)
    return client


def named_urls(
    patterns: list[URLPattern | URLResolver], namespace: str = ""
) -> Iterator[tuple[str, set[str]]]:
    """Every URL name with the parameters it takes."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from named_urls(pattern.url_patterns, namespace + inner)
        elif pattern.name:
            yield namespace + pattern.name, set(pattern.pattern.converters)


URLS = {
    name: parameters
    for name, parameters in named_urls(get_resolver().url_patterns)
    if not name.startswith(OTHER_HANDS)
}
FOREIGN = sorted(name for name, parameters in URLS.items() if parameters)


def test_every_url_name_has_a_place_in_a_table() -> None:
    assert {name for name, parameters in URLS.items() if not parameters} == OWN_PAGES


@pytest.mark.parametrize("name", FOREIGN)
def test_a_stranger_is_told_there_is_nothing(name: str, stranger: Client, north: North) -> None:
    address = {key: north.address[key] for key in URLS[name]}
    url = reverse(name, kwargs=address)
    statuses = {
        stranger.get(url).status_code,
        stranger.post(url, {}).status_code,
        stranger.get(url, headers={"HX-Request": "true"}).status_code,
    }
    assert 404 in statuses
    assert statuses <= {404, 405}


@pytest.mark.parametrize("name", sorted(OWN_PAGES))
def test_a_stranger_finds_no_trace_on_their_own_pages(
    name: str, stranger: Client, north: North
) -> None:
    page = stranger.get(reverse(name)).content.decode()
    assert SECRET.lower() not in page.lower()
    assert "northern-lights" not in page
    assert str(north.answer.public_id) not in page


OPEN_TO_ALL = {"healthz", "api:schema", "api:docs", "api:unknown"}


@pytest.mark.parametrize("name", sorted(set(URLS) - OPEN_TO_ALL))
def test_nobody_gets_in_without_signing_in(name: str, client: Client, north: North) -> None:
    url = reverse(name, kwargs={key: north.address[key] for key in URLS[name]})
    response = client.get(url)
    if name.startswith("api:"):
        assert response.status_code == 401
    else:
        assert response.status_code in {302, 405}
        assert response.get("Location", "/accounts/login/").startswith("/accounts/login/")


@pytest.mark.parametrize("name", FOREIGN)
def test_a_person_of_the_team_is_let_in_somewhere(name: str, client: Client, north: North) -> None:
    """The walk above would pass on pages that refuse everybody; these do not."""
    own = {"session", "session_finish", "room", "room_draft", "room_submit", "verdict"}
    own |= {"follow_up", "follow_up_room", "follow_up_draft", "follow_up_submit"}
    own |= {"verdict_state", "answer_retry", "token_revoke", "api:session", "api:session_finish"}
    user = north.candidate if name in own else User.objects.get(username="north-admin")
    client.force_login(user)
    url = reverse(name, kwargs={key: north.address[key] for key in URLS[name]})
    assert 404 not in {client.get(url).status_code, client.post(url, {}).status_code}
