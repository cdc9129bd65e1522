"""The most that a call can cost, known before it is made."""

from datetime import date
from typing import Final

from grading.llm.calls import Request, Tokens
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
