"""What goes out in one call and what comes back, without the SDK's types."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

Life = Literal["", "5m", "1h"]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the system prompt. With a `cache` life, the prefix up to its end is kept so long.

    At most four blocks of a request have a life, and "1h" stands before "5m".
    """

    text: str = field(repr=False)
    cache: Life = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model: stable blocks first, the user's turn last.

    `schema` is a JSON schema the reply has to follow. `user_id` is opaque: it must not lead back
    to a person.
    """

    model: str
    system: tuple[Block, ...]
    user: str = field(repr=False)
    max_tokens: int
    schema: Mapping[str, Any] | None = field(default=None, repr=False)
    effort: str = "medium"
    user_id: str = ""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a call took, by what it is charged at. `input` excludes both kinds of cache tokens."""

    input: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    cache_read: int = 0
    output: int = 0

    @property
    def cache_write(self) -> int:
        return self.cache_write_5m + self.cache_write_1h


NO_TOKENS: Final = Tokens()


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply as it came, good or not. `stop_reason` is None where a stream was cut short.

    `limits` are the rate-limit headers, without their common prefix.
    """

    text: str = field(repr=False)
    stop_reason: str | None
    model: str
    tokens: Tokens
    request_id: str = ""
    limits: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One line of the ledger: what a call was, took and cost, whether it worked or not.

    `error` is empty or a failure's code. `micro_dollars` is None for a model without a known
    price. A failed call's tokens are those the server had told of before it failed; where its reply
    was cut, its price is the most it may have been billed. `batched` calls came in a batch, at half
    price, and nobody knows how long they took.
    """

    model: str
    prompt_version: str
    tokens: Tokens
    micro_dollars: int | None
    milliseconds: int
    request_id: str = ""
    stop_reason: str = ""
    error: str = ""
    batched: bool = False


class Asked(Exception):  # noqa: N818 - named for what happened
    """A reply was asked for that is not there yet. The request is the next one to send."""

    def __init__(self, request: Request) -> None:
        super().__init__("This request has no reply yet.")
        self.request = request
