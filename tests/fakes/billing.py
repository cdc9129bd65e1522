"""What a request's input costs, as the usage of its reply tells it."""

from typing import Any

from tests.fakes.cache import PrefixCache, Reading
from tests.fakes.catalogue import Model
from tests.fakes.errors import bad
from tests.fakes.layout import lay_out, seed
from tests.fakes.log import Usage


def read_cache(
    cache: PrefixCache, workspace: str, body: dict[str, Any], model: Model, *, miss: bool = False
) -> Reading:
    """Bill the input of a valid request. Raises Refused (400) when it is too long."""
    blocks = lay_out(body)
    length = sum(block.tokens for block in blocks)
    if length > model.context:
        raise bad(f"prompt is too long: {length} tokens > {model.context} maximum")
    return cache.look_up(seed(workspace, body), blocks, minimum=model.cacheable, miss=miss)


def usage_of(reading: Reading) -> Usage:
    """The input side of a reply's usage."""
    return Usage(reading.input, reading.write_5m, reading.write_1h, reading.read)
