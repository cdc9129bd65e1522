import logging
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from grading.operations.readiness import ModelCheck, check_models, log_models
from tests.fakes.claude_api import ClaudeApi

HAIKU, SONNET = "claude-haiku-5-5", "claude-sonnet-5-5"


def test_models_that_are_there_are_found_without_a_message(claude_grades: ClaudeApi) -> None:
    assert check_models() == [ModelCheck(HAIKU, ""), ModelCheck(SONNET, "")]
    assert claude_grades.requests() == []
    out = StringIO()
    call_command("check_judge", stdout=out)
    assert out.getvalue().splitlines() == [f"{HAIKU}: there.", f"{SONNET}: there."]


def test_a_model_that_is_not_there_is_named(
    claude_grades: ClaudeApi, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CLAUDE_STRONG_MODEL = "claude-nonesuch"
    with caplog.at_level(logging.ERROR):
        log_models()
    assert [row.message[:43] for row in caplog.records] == [
        "The model claude-nonesuch cannot be asked. "
    ]
    with pytest.raises(CommandError, match="Not every model"):
        call_command("check_judge", stdout=StringIO())


def test_a_model_that_no_cap_stops_is_warned_of_when_a_worker_starts(
    claude_grades: ClaudeApi, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CLAUDE_STRONG_MODEL = "claude-sonnet-5"  # there, and not in the price table
    with caplog.at_level(logging.WARNING):
        log_models()
    assert [(row.levelname, row.message) for row in caplog.records] == [
        (
            "WARNING",
            "The model claude-sonnet-5 has no known price: what it is asked counts for no budget, "
            "and no cap stops it.",
        )
    ]
    out = StringIO()
    call_command("check_judge", stdout=out)
    assert out.getvalue().splitlines() == [
        f"{HAIKU}: there.",
        "claude-sonnet-5: there. No price is known for it: what it is asked counts for no budget.",
    ]


def test_one_model_for_both_is_asked_for_once(claude_grades: ClaudeApi, settings: Settings) -> None:
    settings.CLAUDE_STRONG_MODEL = HAIKU
    assert check_models() == [ModelCheck(HAIKU, "")]


def test_a_key_that_is_refused_is_told_with_each_model(claude_grades: ClaudeApi) -> None:
    claude_grades.set(refused_keys=["sk-ant-secret"])
    assert all("API key was refused" in check.problem for check in check_models())


def test_the_local_judge_asks_nobody(claude_api: ClaudeApi) -> None:
    assert check_models() == []
    out = StringIO()
    call_command("check_judge", stdout=out)
    assert "The local judge grades" in out.getvalue()
    assert claude_api.log.exchanges == []
