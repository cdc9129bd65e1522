from datetime import timedelta

import pytest
from django.db import connection

from interview.models import ApiToken
from tests.factories import make_user
from tests.interview.api.callers import API, bearing, browser, new_token, program

pytestmark = pytest.mark.django_db


def test_token_opens_the_api_in_its_owners_name() -> None:
    assert program(make_user()).get(f"{API}/sessions/").status_code == 200


def test_stranger_is_asked_for_a_token() -> None:
    response = browser().get(f"{API}/sessions/")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert response.json()["type"] == "urn:viva:problem:not-authenticated"


def test_expired_token_is_refused() -> None:
    response = program(make_user(), lifetime=timedelta(seconds=-1)).get(f"{API}/sessions/")
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["type"] == "urn:viva:problem:authentication-failed"


def test_revoked_token_is_refused() -> None:
    token, secret = new_token(make_user())
    token.delete()
    assert bearing(secret).get(f"{API}/sessions/").status_code == 401


def test_token_of_somebody_who_was_locked_out_is_refused() -> None:
    user = make_user()
    client = program(user)
    user.is_active = False
    user.save()
    assert client.get(f"{API}/sessions/").status_code == 401


@pytest.mark.parametrize("secret", ["", "viva_unknown", "two words", "\xff\xfe", "x" * 5000])
def test_malformed_token_is_refused(secret: str) -> None:
    assert bearing(secret).get(f"{API}/sessions/").status_code == 401


def test_only_a_hash_of_the_secret_is_kept() -> None:
    token, secret = new_token(make_user())
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(t)::text FROM interview_apitoken t")
        (row,) = cursor.fetchone()
    assert secret not in row
    assert ApiToken.objects.get().digest == token.digest


def test_knox_makes_no_table_of_its_own() -> None:
    tables = [name for name in connection.introspection.table_names() if name.endswith("token")]
    assert tables == ["interview_apitoken"]


def test_browser_writes_only_with_its_csrf_token() -> None:
    client = browser()
    client.handler.enforce_csrf_checks = True
    client.force_login(make_user())
    response = client.post(f"{API}/answers/", {}, format="json")
    assert response.status_code == 403
    assert "CSRF" in response.json()["detail"]
