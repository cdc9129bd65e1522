import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.environment import read_environment

GOOD = {
    "DATABASE_URL": "postgres://viva:secret@db:5432/viva",
    "REDIS_URL": "redis://valkey:6379/0",
    "VIVA_SECRET_KEY": "x" * 50,
    "VIVA_URL": "https://viva.example.org",
}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("VIVA_", "DATABASE_", "REDIS_", "ANTHROPIC_")):
            monkeypatch.delenv(name)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


def test_four_settings_are_enough() -> None:
    environment = read_environment()
    assert (environment.host, environment.over_https) == ("viva.example.org", True)
    assert environment.database["NAME"] == "viva"


@pytest.mark.parametrize("name", GOOD)
def test_a_missing_setting_stops_the_start_in_one_sentence_that_names_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(SystemExit) as stopped:
        read_environment()
    assert str(stopped.value).startswith("Viva cannot start. ")
    assert name in str(stopped.value)
    assert "\n" not in str(stopped.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "nonsense"),
        ("REDIS_URL", "http://valkey"),
        ("VIVA_SECRET_KEY", "short"),
        ("VIVA_URL", "viva.example.org"),
        ("VIVA_URL", "https://viva.example.org/somewhere"),
        ("VIVA_DEBUG", "perhaps"),
        ("VIVA_JUDGE", "oracle"),
        ("VIVA_GRADE_LEASE_SECONDS", "soon"),
        ("VIVA_LOG_LEVEL", "LOUD"),
    ],
)
def test_a_malformed_setting_does_the_same(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as stopped:
        read_environment()
    assert name in str(stopped.value)
    assert "\n" not in str(stopped.value)


def test_a_process_ends_with_the_sentence_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("VIVA_URL")
    ended = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr == 'Viva cannot start. Environment variable "VIVA_URL" not set\n'
