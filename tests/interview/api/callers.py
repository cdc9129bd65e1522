"""Callers of the API: through a browser's session, or with a token."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from rest_framework.test import APIClient

from interview.models import ApiToken, Scope, User
from interview.operations.tokens import create_token

API = "/api/v1"


def browser(user: User | None = None) -> APIClient:
    """Somebody signed in; without a user, a stranger."""
    client = APIClient()
    if user is not None:
        client.force_login(user)
    return client


def program(
    user: User, scopes: Sequence[Scope] = tuple(Scope), lifetime: timedelta = timedelta(days=7)
) -> APIClient:
    """A program that holds a token with these scopes."""
    _, secret = new_token(user, scopes, lifetime)
    return bearing(secret)


def bearing(secret: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def new_token(
    user: User, scopes: Sequence[Scope] = tuple(Scope), lifetime: timedelta = timedelta(days=7)
) -> tuple[ApiToken, str]:
    return create_token(user=user, name="a program", scopes=scopes, lifetime=lifetime)


def get(user: User | None, path: str, **query: Any) -> Any:
    """The body of a GET that succeeds."""
    response = browser(user).get(f"{API}{path}", query)
    assert response.status_code == 200, response.content
    return response.json()
