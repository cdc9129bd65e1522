"""What a call costs, in whole millionths of a dollar."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from grading.llm.calls import Tokens
from grading.llm.capabilities import family_of

MILLION: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """Micro-dollars per million tokens of each kind, from a day on."""

    model: str
    since: date
    input: int
    output: int
    cache_write_5m: int
    cache_write_1h: int
    cache_read: int


# A new price is a new row: what was paid before keeps its price.
PRICES: Final = (
    Price(
        model="claude-haiku-5-5",
        since=date(2026, 11, 1),
        input=100_000,
        output=500_000,
        cache_write_5m=125_000,
        cache_write_1h=200_000,
        cache_read=10_000,
    ),
    Price(
        model="claude-sonnet-5-5",
        since=date(2026, 11, 1),
        input=2_000_000,
        output=10_000_000,
        cache_write_5m=2_500_000,
        cache_write_1h=4_000_000,
        cache_read=100_000,
    ),
    Price(
        model="claude-opus-5-5",
        since=date(2026, 11, 1),
        input=4_000_000,
        output=20_000_000,
        cache_write_5m=5_000_000,
        cache_write_1h=8_000_000,
        cache_read=200_000,
    ),
)


def find_price(model: str, on: date) -> Price | None:
    """The price of a model on a day, or None where it is not known.

    A dated name such as "claude-haiku-5-5-20261001" has the price of its model.
    """
    family = family_of(model)
    in_force = [price for price in PRICES if price.model == family and price.since <= on]
    return max(in_force, key=lambda price: price.since, default=None)


def cost(model: str, tokens: Tokens, *, on: date, batch: bool = False) -> int | None:
    """Micro-dollars for these tokens, rounded half up; None for a model without a known price.

    A batch costs half of everything.
    """
    price = find_price(model, on)
    if price is None:
        return None
    exact = (
        tokens.input * price.input
        + tokens.output * price.output
        + tokens.cache_write_5m * price.cache_write_5m
        + tokens.cache_write_1h * price.cache_write_1h
        + tokens.cache_read * price.cache_read
    )
    share = 2 * MILLION if batch else MILLION
    return (exact + share // 2) // share
