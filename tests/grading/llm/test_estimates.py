"""What a call costs where nobody knows it for certain. Prices are those of November 2026."""

from dataclasses import replace
from datetime import date

from grading.llm.calls import NO_TOKENS, Block, Request, Tokens
from grading.llm.estimates import most_it_costs, price_of

TODAY = date(2026, 11, 27)
SYSTEM = (Block("x" * 1_000, cache="1h"),)
REQUEST = Request("claude-haiku-5-5", SYSTEM, "y" * 100, max_tokens=1_500)
TOLD = Tokens(input=100, cache_read=2_000, output=1)


def test_the_most_counts_every_byte_as_a_token_nothing_read_and_all_the_room_for_a_reply() -> None:
    # (100 x 0.1) + (1,000 + 1,000) x 0.2 + 1,500 x 0.5, and one for what is rounded
    assert most_it_costs(REQUEST, on=TODAY) == 10 + 400 + 750 + 1


def test_a_reply_that_came_to_its_end_costs_what_it_told() -> None:
    assert price_of(REQUEST, replace(TOLD, output=40), on=TODAY) == 10 + 20 + 20


def test_a_reply_that_was_cut_costs_as_much_as_the_longest_could_have() -> None:
    assert price_of(REQUEST, TOLD, on=TODAY, cut=True) == 10 + 20 + 750


def test_a_reply_of_which_nothing_came_costs_the_most_if_the_request_was_sent() -> None:
    assert price_of(REQUEST, NO_TOKENS, on=TODAY, cut=True) == most_it_costs(REQUEST, on=TODAY)
    assert price_of(REQUEST, NO_TOKENS, on=TODAY) == 0


def test_a_model_without_a_known_price_has_none() -> None:
    unknown = replace(REQUEST, model="gemma")
    assert price_of(unknown, TOLD, on=TODAY, cut=True) is None
    assert price_of(unknown, NO_TOKENS, on=TODAY, cut=True) is None
