"""The Valkey that Django's cache is in, for a test to stop and to start."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test.utils import override_settings

from config import cache
from config.embedded.valkey import Valkey


class Hand:
    """Seconds, moved by the test alone."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    clock = Hand()
    monkeypatch.setattr(cache, "now", clock)
    monkeypatch.setattr(cache, "_asked_again_at", {})
    return clock


@pytest.fixture
def valkey(own_valkey: str, tmp_path: Path, hand: Hand) -> Iterator[Valkey]:
    server = Valkey(tmp_path, durable=False)
    with override_settings(
        CACHES={"default": django_settings.CACHES["default"] | {"LOCATION": own_valkey}}
    ):
        yield server


@pytest.fixture
def no_valkey(valkey: Valkey) -> Valkey:
    """It is stopped."""
    valkey.stop()
    return valkey
