"""From what the SDK raises or returns to our own types."""

import contextlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isnan
from typing import Any, Final

import anthropic
import httpx2
from anthropic.types import Message

from grading.llm import failures
from grading.llm.calls import NO_TOKENS, Reply, Tokens
from grading.llm.failures import CallFailed

LIMIT_PREFIX: Final = "anthropic-ratelimit-"
BY_STATUS: Final[dict[int, type[CallFailed]]] = {
    400: failures.BadRequest,
    401: failures.KeyRefused,
    402: failures.PaymentRequired,
    403: failures.NotPermitted,
    404: failures.NotFound,
    405: failures.NotFound,  # what a server of pages says to a POST: the address is wrong
    408: failures.RequestTimedOut,
    409: failures.Conflicted,
    413: failures.TooLarge,
    422: failures.Unprocessable,
    429: failures.RateLimited,
    529: failures.Overloaded,
}
# An error in the middle of a stream has status 200 and says what it is in its type alone.
BY_TYPE: Final[dict[str, type[CallFailed]]] = {
    "overloaded_error": failures.Overloaded,
    "rate_limit_error": failures.RateLimited,
}
# What the SDK and its transport raise; the last two where a body is no JSON, or nested without end.
RAISED: Final = (anthropic.AnthropicError, httpx2.HTTPError, ValueError, RecursionError)
LONGEST_WAIT: Final = 31 * 86_400.0  # seconds; limits are monthly, and what asks for more errs
FIRST_ERROR: Final = 400
UNSENT: Final = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
FIRST_SERVER_ERROR: Final = 500
MOST_TOKENS: Final = 2**31 - 1  # of a call; what claims more has not counted


def failure_of(error: Exception, tokens: Tokens = NO_TOKENS) -> CallFailed:
    """Our type for what the SDK or its transport raised. `tokens`: what is known to be used."""
    if isinstance(error, anthropic.APIStatusError):
        headers = error.response.headers
        failure = _type_of(error)
        wait = wait_asked(headers)
        if wait is None and failure is failures.SpendLimitReached:
            wait = wait_told(error.api_message or "")
        return failure(
            status=error.status_code,
            request_id=error.request_id or "",
            wait_seconds=wait,
            limits=limits_of(headers),
            tokens=tokens,
            cut=error.status_code < FIRST_ERROR,
        )
    # the SDK's own errors of this kind are raised from the transport's
    cut = not isinstance(error, UNSENT) and not isinstance(error.__cause__, UNSENT)
    if isinstance(error, (anthropic.APITimeoutError, httpx2.TimeoutException)):
        return failures.CallTimedOut(tokens=tokens, cut=cut)
    if isinstance(error, (anthropic.APIConnectionError, httpx2.TransportError)):
        return failures.ConnectionLost(tokens=tokens, cut=cut)
    # A body that is no JSON, or no message: a proxy's page, or a stream of fragments.
    return failures.ServerFailed(tokens=tokens, cut=cut)


def _type_of(error: anthropic.APIStatusError) -> type[CallFailed]:
    status = error.status_code
    if status < FIRST_ERROR:
        return BY_TYPE.get(error.type or "", failures.StreamBroken)
    if status in {400, 429} and _is_spend_limit(error):
        return failures.SpendLimitReached
    if status in BY_STATUS:
        return BY_STATUS[status]
    return failures.ServerFailed if status >= FIRST_SERVER_ERROR else failures.BadRequest


def _is_spend_limit(error: anthropic.APIStatusError) -> bool:
    """By its code; the 400 has none and is known by its words."""
    if (error.error_code or "").endswith("spend_limit_reached"):
        return True
    said = (error.api_message or "").casefold()
    return "you have reached your specified" in said and "usage limits" in said


def wait_asked(headers: Mapping[str, str]) -> float | None:
    """Seconds in `retry-after`, as a number or a date; None where there is none to read."""
    asked = headers.get("retry-after", "")
    with contextlib.suppress(ValueError):
        seconds = float(asked)
        return None if isnan(seconds) else min(max(seconds, 0.0), LONGEST_WAIT)
    with contextlib.suppress(ValueError, OverflowError):
        at = parsedate_to_datetime(asked)
        # without an offset it is UTC, by the rules for dates in headers
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return min(max((at - datetime.now(UTC)).total_seconds(), 0.0), LONGEST_WAIT)
    return None


REGAINED: Final = re.compile(r"regain access on (\d{4}-\d\d-\d\d)(?: at (\d\d:\d\d))? ?UTC")


def wait_told(said: str) -> float | None:
    """Seconds until the moment that a usage limit's message names; None where it names none."""
    found = REGAINED.search(said)
    if found is None:
        return None
    with contextlib.suppress(ValueError):
        at = datetime.fromisoformat(f"{found[1]}T{found[2] or '00:00'}:00+00:00")
        wait = (at - datetime.now(UTC)).total_seconds()
        return wait if wait > 0 else None
    return None


def limits_of(headers: Mapping[str, str]) -> dict[str, str]:
    """The rate-limit headers by the rest of their names: "requests-remaining", …"""
    return {
        name.lower().removeprefix(LIMIT_PREFIX): value
        for name, value in headers.items()
        if name.lower().startswith(LIMIT_PREFIX)
    }


def tokens_of(usage: Any) -> Tokens:
    """Read a usage object, full or partial; what a compatible server leaves out, or what is no
    number of tokens, counts as none."""
    written = _count(usage, "cache_creation_input_tokens")
    detail = getattr(usage, "cache_creation", None)
    for_an_hour = _count(detail, "ephemeral_1h_input_tokens")
    for_minutes = _count(detail, "ephemeral_5m_input_tokens")
    return Tokens(
        input=_count(usage, "input_tokens"),
        # without a breakdown all of it had the default life
        cache_write_5m=for_minutes if detail is not None else written,
        cache_write_1h=for_an_hour,
        cache_read=_count(usage, "cache_read_input_tokens"),
        output=_count(usage, "output_tokens"),
    )


def _count(holder: Any, name: str) -> int:
    value = getattr(holder, name, None)
    return value if isinstance(value, int) and 0 <= value <= MOST_TOKENS else 0


def _text_of(content: object) -> str:
    """What the text blocks say. The SDK takes the server's word for what is in them."""
    blocks = content if isinstance(content, list) else []
    said = [block.text for block in blocks if getattr(block, "type", None) == "text"]
    return "".join(text for text in said if isinstance(text, str))


def _word(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _says_nothing(message: Message) -> bool:
    """Whether the SDK made it of some other JSON."""
    told: tuple[object, ...] = (message.content, message.stop_reason)
    return told == (None, None)


def reply_of(message: object, headers: Mapping[str, str]) -> Reply:
    """A reply of what the SDK parsed, which checks nothing; raises `ServerFailed` when it is no
    message. The server did something all the same, and may bill it."""
    request_id = headers.get("request-id", "")
    if not isinstance(message, Message) or _says_nothing(message):
        raise failures.ServerFailed(request_id=request_id, cut=True)
    return Reply(
        text=_text_of(message.content),
        stop_reason=_word(message.stop_reason),
        model=_word(message.model) or "",
        tokens=tokens_of(message.usage),
        request_id=request_id,
        limits=limits_of(headers),
    )


def with_event(reply: Reply, event: Any) -> Reply:
    """The reply so far with one more event of its stream; raises `StreamBroken` for nonsense."""
    try:
        if event.type == "message_start":
            started = event.message
            model = _word(started.model) or "unnamed"
            return replace(reply, model=model, tokens=tokens_of(started.usage))
        if event.type == "content_block_delta" and event.delta.type == "text_delta":
            return replace(reply, text=reply.text + event.delta.text)
        if event.type == "message_delta":
            counted = tokens_of(event.usage)
            # totals; those of the cache's two lives are told at the start alone
            tokens = replace(
                reply.tokens, input=counted.input or reply.tokens.input, output=counted.output
            )
            return replace(reply, stop_reason=_word(event.delta.stop_reason), tokens=tokens)
    except (AttributeError, TypeError):
        broken = failures.StreamBroken(request_id=reply.request_id, tokens=reply.tokens, cut=True)
        raise broken from None
    return reply
