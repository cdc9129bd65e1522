"""The cache, and the pages that lean on it, while Valkey is away and when it is back."""

import logging

import pytest
import redis
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from config import cache as fail_open
from config.embedded.valkey import Valkey
from tests.factories import make_user
from tests.valkey import Hand


def test_without_valkey_the_cache_keeps_nothing_and_locks_are_had(no_valkey: Valkey) -> None:
    cache.set("ocelot", 1)
    cache.set_many({"ocelot": 1})
    cache.delete_many(["ocelot"])
    assert cache.get("ocelot", "nothing") == "nothing"
    assert cache.get_many(["ocelot"]) == {}
    assert cache.add("lock", 1) is True
    assert cache.get_or_set("ocelot", 2) == 2
    assert "ocelot" not in cache
    assert cache.touch("ocelot") is False
    assert cache.delete("ocelot") is False
    with pytest.raises(ValueError, match="not found"):
        cache.incr("ocelot")


@pytest.mark.django_db
def test_without_valkey_people_sign_in_sign_up_and_ask_for_a_new_password(
    no_valkey: Valkey, client: Client
) -> None:
    make_user("ada", email="ada@example.org")
    wrong = {"login": "ada", "password": "another-word"}
    right = {"login": "ada", "password": "secret-word"}
    new = {
        "username": "grace",
        "email": "grace@example.org",
        "password1": "a-long-sentence",
        "password2": "a-long-sentence",
    }
    assert client.get(reverse("account_login")).status_code == 200
    assert client.post(reverse("account_login"), wrong).status_code == 200
    signed_in = client.post(reverse("account_login"), right)
    assert (signed_in.status_code, signed_in["Location"]) == (302, reverse("home"))
    signed_up = Client().post(reverse("account_signup"), new)
    assert (signed_up.status_code, signed_up["Location"]) == (302, reverse("home"))
    asked = Client().post(reverse("account_reset_password"), {"email": "ada@example.org"})
    assert asked.status_code == 302
    assert [message.to for message in mail.outbox][-1] == ["ada@example.org"]


@pytest.mark.django_db
def test_the_log_says_once_that_valkey_is_away_and_once_that_it_is_back(
    no_valkey: Valkey, hand: Hand, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        client.post(reverse("account_login"), {"login": "ocelot", "password": "tapir"})
        hand.at += fail_open.AWAY_SECONDS
    said = [row for row in caplog.records if row.name == fail_open.__name__]
    assert [(row.levelno, row.getMessage()) for row in said] == [
        (logging.ERROR, f"{fail_open.AWAY} ConnectionError")
    ]
    no_valkey.ensure()
    client.post(reverse("account_login"), {"login": "ocelot", "password": "tapir"})
    said = [row for row in caplog.records if row.name == fail_open.__name__]
    assert [row.getMessage() for row in said[1:]] == [fail_open.BACK]
    assert "ocelot" not in caplog.text
    assert "tapir" not in caplog.text


def test_a_server_that_is_away_is_asked_again_only_after_a_while(
    no_valkey: Valkey, hand: Hand
) -> None:
    """Each try may take a second where its host is gone."""
    assert cache.get("ocelot") is None
    no_valkey.ensure()
    cache.set("ocelot", 1)
    hand.at += fail_open.AWAY_SECONDS - 0.1
    assert cache.get("ocelot") is None
    hand.at += 0.2
    cache.set("ocelot", 1)
    assert cache.get("ocelot") == 1


@pytest.mark.django_db
def test_rates_are_limited_while_valkey_is_there_and_when_it_is_back(
    valkey: Valkey, hand: Hand, client: Client
) -> None:
    def statuses(tries: int) -> list[int]:
        wrong = {"email": "nobody@example.org"}
        return [
            client.post(reverse("account_reset_password"), wrong).status_code for _ in range(tries)
        ]

    assert statuses(6) == [302] * 5 + [429]
    valkey.stop()
    assert statuses(6) == [302] * 6
    valkey.ensure()
    hand.at += fail_open.AWAY_SECONDS
    assert statuses(6) == [302] * 5 + [429]


def test_a_server_that_has_no_room_left_counts_as_away(valkey: Valkey) -> None:
    with redis.Redis.from_url(valkey.url()) as client:
        client.config_set("maxmemory", 1)
    assert cache.add("lock", 1) is True
    assert cache.get("lock") is None


def test_to_clear_a_cache_that_is_away_fails(no_valkey: Valkey) -> None:
    with pytest.raises(redis.ConnectionError):
        cache.clear()
