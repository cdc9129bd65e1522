import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from interview.models import ApiToken, Scope, User
from interview.operations.tokens import create_token
from tests.factories import make_user

pytestmark = pytest.mark.django_db

FORM = {"name": "nightly import", "scopes": ["read", "answer"], "lifetime": "30"}


@pytest.fixture
def user() -> User:
    return make_user()


@pytest.fixture
def client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def make_token(user: User, name: str = "nightly import") -> ApiToken:
    token, _ = create_token(user=user, name=name, scopes=[Scope.READ], lifetime=timedelta(days=7))
    return token


def revoke_path(token: ApiToken) -> str:
    return reverse("token_revoke", kwargs={"token_key": token.token_key})


def test_stranger_is_sent_to_sign_in() -> None:
    response = Client().get(reverse("tokens"))
    assert response.status_code == HTTPStatus.FOUND
    assert response["Location"].startswith(reverse("account_login"))


def test_page_without_tokens_says_so(client: Client) -> None:
    assert "No tokens yet." in client.get(reverse("tokens")).content.decode()


def test_secret_is_shown_once_and_works(client: Client) -> None:
    created = client.post(reverse("tokens"), FORM)
    (secret,) = re.findall(r'value="(viva_\w+)"', created.content.decode())
    headers = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/api/v1/sessions/", headers=headers).status_code == HTTPStatus.OK
    assert "no-store" in created["Cache-Control"]
    assert secret not in client.get(reverse("tokens")).content.decode()
    assert secret not in str(Session.objects.get().get_decoded())


def test_token_is_made_as_chosen(client: Client, user: User) -> None:
    client.post(reverse("tokens"), FORM)
    token = ApiToken.objects.get()
    assert (token.user, token.name, token.scopes) == (user, "nightly import", ["read", "answer"])
    assert token.expiry - token.created == pytest.approx(
        timedelta(days=30), abs=timedelta(seconds=5)
    )


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"name": "x" * 81}, {"scopes": []}, {"scopes": ["all"]}, {"lifetime": "9999"}],
)
def test_form_that_makes_no_sense_makes_no_token(client: Client, wrong: dict[str, object]) -> None:
    response = client.post(reverse("tokens"), FORM | wrong)
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not ApiToken.objects.exists()


def test_name_is_escaped(client: Client, user: User) -> None:
    token = make_token(user, "<script>alert(1)</script>")
    for path in (reverse("tokens"), revoke_path(token)):
        assert "<script>alert" not in client.get(path).content.decode()


def test_expired_token_is_marked(client: Client, user: User) -> None:
    make_token(user)
    assert "<strong>expired</strong>" not in client.get(reverse("tokens")).content.decode()
    ApiToken.objects.update(expiry=timezone.now() - timedelta(days=1))
    assert "<strong>expired</strong>" in client.get(reverse("tokens")).content.decode()


def test_token_is_revoked_after_a_question(client: Client, user: User) -> None:
    token = make_token(user)
    assert "Revoke “nightly import”?" in client.get(revoke_path(token)).content.decode()
    assert ApiToken.objects.exists()
    response = client.post(revoke_path(token), follow=True)
    assert "“nightly import” is revoked." in response.content.decode()
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_persons_token_is_not_there(client: Client, method: str) -> None:
    token = make_token(make_user(), "another person")
    assert getattr(client, method)(revoke_path(token)).status_code == HTTPStatus.NOT_FOUND
    assert ApiToken.objects.exists()
    assert token.name not in client.get(reverse("tokens")).content.decode()


def test_list_costs_the_same_at_one_token_and_at_twenty(
    client: Client, user: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_token(user)
    with django_assert_num_queries(4):
        client.get(reverse("tokens"))
    for _ in range(19):
        make_token(user)
    with django_assert_num_queries(4):
        client.get(reverse("tokens"))
