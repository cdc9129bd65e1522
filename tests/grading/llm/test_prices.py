from datetime import date, timedelta

import pytest

from grading.llm.calls import Tokens
from grading.llm.prices import PRICES, cost, find_price

TODAY = date(2026, 11, 24)
MILLION = 1_000_000


@pytest.mark.parametrize(
    ("model", "tokens", "dollars"),
    [
        ("claude-haiku-5-5", Tokens(input=MILLION), 0.10),
        ("claude-haiku-5-5", Tokens(output=MILLION), 0.50),
        ("claude-haiku-5-5", Tokens(cache_write_5m=MILLION), 0.125),
        ("claude-haiku-5-5", Tokens(cache_write_1h=MILLION), 0.20),
        ("claude-haiku-5-5", Tokens(cache_read=MILLION), 0.01),
        ("claude-sonnet-5-5", Tokens(MILLION, MILLION, MILLION, MILLION, MILLION), 18.60),
        ("claude-opus-5-5", Tokens(MILLION, MILLION, MILLION, MILLION, MILLION), 37.20),
    ],
)
def test_each_kind_of_token_has_its_price(model: str, tokens: Tokens, dollars: float) -> None:
    assert cost(model, tokens, on=TODAY) == round(dollars * MILLION)


def test_a_batch_costs_half() -> None:
    tokens = Tokens(input=1_000, cache_read=2_000, output=300)
    assert cost("claude-haiku-5-5", tokens, on=TODAY) == 270
    assert cost("claude-haiku-5-5", tokens, on=TODAY, batch=True) == 135


@pytest.mark.parametrize(("tokens", "paid"), [(4, 0), (5, 1), (14, 1), (15, 2)])
def test_a_part_of_a_micro_dollar_is_rounded_half_up(tokens: int, paid: int) -> None:
    assert cost("claude-haiku-5-5", Tokens(input=tokens), on=TODAY) == paid


def test_a_model_without_a_known_price_costs_nothing_made_up() -> None:
    assert cost("qwen3:8b", Tokens(input=MILLION), on=TODAY) is None


def test_a_dated_name_has_the_price_of_its_model_and_a_variant_has_none() -> None:
    assert find_price("claude-haiku-5-5-20261001", TODAY) == find_price("claude-haiku-5-5", TODAY)
    assert find_price("claude-haiku-5-5-fast", TODAY) is None


def test_a_price_counts_from_its_day_on() -> None:
    first = PRICES[0]
    assert find_price(first.model, first.since) == first
    assert find_price(first.model, first.since - timedelta(days=1)) is None
