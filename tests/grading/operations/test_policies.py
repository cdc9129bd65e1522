from datetime import date

import pytest
from pytest_django.fixtures import Settings

from grading.operations.policies import unpriced_models

HAIKU, SONNET = "claude-haiku-5-5", "claude-sonnet-5-5"
NOVEMBER = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def by_claude(settings: Settings) -> None:
    settings.GRADING_JUDGE = "claude"


def test_models_of_the_price_table_have_a_price_under_their_dated_name_too() -> None:
    assert unpriced_models({}, on=NOVEMBER) == []
    assert unpriced_models({"first": f"{HAIKU}-20261001"}, on=NOVEMBER) == []


def test_a_price_is_known_from_its_day_on() -> None:
    assert unpriced_models({}, on=date(2026, 10, 31)) == [HAIKU, SONNET]


def test_a_model_of_another_server_has_none_and_is_named_once(settings: Settings) -> None:
    settings.CLAUDE_MODEL = settings.CLAUDE_STRONG_MODEL = "llama-3-70b"
    assert unpriced_models({}, on=NOVEMBER) == ["llama-3-70b"]


def test_what_a_set_chose_itself_counts_in_place_of_the_settings(settings: Settings) -> None:
    settings.CLAUDE_STRONG_MODEL = "llama-3-70b"
    assert unpriced_models({"strong": SONNET}, on=NOVEMBER) == []
    assert unpriced_models({"first": "qwen"}, on=NOVEMBER) == ["qwen", "llama-3-70b"]
    assert unpriced_models({"first": ["nonsense"]}, on=NOVEMBER) == ["llama-3-70b"]


def test_the_local_judge_costs_nothing(settings: Settings) -> None:
    settings.GRADING_JUDGE = "local"
    settings.CLAUDE_MODEL = "llama-3-70b"
    assert unpriced_models({}, on=NOVEMBER) == []
