"""What a call costs: the most before it is made, and what is known of it afterwards."""

from dataclasses import replace
from datetime import date
from typing import Final

from grading.llm.calls import NO_TOKENS, Request, Tokens
from grading.llm.capabilities import capabilities_of
from grading.llm.prices import cost

# What the server adds of its own: roles, the reply's form.
OVERHEAD_TOKENS: Final = 1_000


def most_tokens(request: Request) -> Tokens:
    """A bound from above: a token is never less than a byte, nothing is read from the cache, and
    the reply takes all the room it may."""
    system = OVERHEAD_TOKENS + sum(len(block.text.encode()) for block in request.system)
    lives = {block.cache for block in request.system}
    output = request.max_tokens + capabilities_of(request.model).headroom
    user = len(request.user.encode())
    if "1h" in lives:  # the dearer life for all of it
        return Tokens(input=user, cache_write_1h=system, output=output)
    if "5m" in lives:
        return Tokens(input=user, cache_write_5m=system, output=output)
    return Tokens(input=user + system, output=output)


def most_it_costs(request: Request, *, on: date, batch: bool = False) -> int | None:
    """Micro-dollars, rounded up; None for a model without a known price."""
    price = cost(request.model, most_tokens(request), on=on, batch=batch)
    return None if price is None else price + 1


def price_of(request: Request, told: Tokens, *, on: date, cut: bool = False) -> int | None:
    """Micro-dollars for the tokens that the reply told of; None for a model without a known price.

    A call that was sent and whose reply was `cut` may be billed for as long a reply as there was
    room for, whatever it had told by then.
    """
    if cut and told == NO_TOKENS:
        return most_it_costs(request, on=on)
    tokens = replace(told, output=most_tokens(request).output) if cut else told
    return cost(request.model, tokens, on=on)
