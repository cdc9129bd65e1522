"""Every way a call can fail, one type each, named by what is to be done next.

A failure says what happened in a code and a sentence of ours. What the server said is not kept:
its messages may quote the prompt, and failures are logged.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from grading.llm.calls import NO_TOKENS, Tokens


class Next(StrEnum):
    """What the caller does with a failure."""

    RETRY = "retry"  # the same call may work later
    PAUSE = "pause"  # no call will work until a person acts or a limit is reset
    STOP = "stop"  # this request will never work


class CallFailed(Exception):  # noqa: N818 - named for what happened
    """A call did not end in a reply. Raised as one of the types below.

    `code` is what the ledger keeps. `maybe_billed`: the server may have done the work all the
    same. `wants_a_person`: it is a fault of ours or of the set-up that nobody else will notice.
    `wait_seconds` is what the server asked for, or None. `tokens` are those it had told of; `cut`
    says that the request was sent and its reply did not come to its end, so there may be more.
    """

    code: ClassVar[str]
    sentence: ClassVar[str]
    next: ClassVar[Next]
    maybe_billed: ClassVar[bool] = False
    wants_a_person: ClassVar[bool] = False

    def __init__(
        self,
        *,
        status: int | None = None,
        request_id: str = "",
        wait_seconds: float | None = None,
        limits: Mapping[str, str] | None = None,
        tokens: Tokens = NO_TOKENS,
        cut: bool = False,
    ) -> None:
        super().__init__(self.sentence)
        self.status = status
        self.request_id = request_id
        self.wait_seconds = wait_seconds
        self.limits = dict(limits or {})
        self.tokens = tokens
        self.cut = cut


class HeldBack(Exception):  # noqa: N818 - named for what happened
    """A call was not made: everybody has to wait. Nothing was sent, so nothing is in the ledger.

    `code` is "paused", "slow_down" or "circuit_open".
    """

    def __init__(self, code: str, sentence: str, *, wait_seconds: float) -> None:
        super().__init__(sentence)
        self.code = code
        self.wait_seconds = wait_seconds


class _Passing(CallFailed):
    """The server's fault or the network's, and it passes. Backed off, counted, may be billed."""

    next = Next.RETRY
    maybe_billed = True


class RequestTimedOut(_Passing):
    code, sentence = "request_timeout", "The grader took too long to read the request."


class Conflicted(_Passing):
    code, sentence = "conflict", "The grader was busy with a conflicting request."


class ServerFailed(_Passing):
    code, sentence = "server_error", "The grader's server failed."


class Overloaded(_Passing):
    code, sentence = "overloaded", "The grader is overloaded."


class CallTimedOut(_Passing):
    code, sentence = "timeout", "The grader did not answer in time."


class ConnectionLost(_Passing):
    code, sentence = "connection", "The connection to the grader was lost."


class StreamBroken(_Passing):
    code, sentence = "stream_broken", "The grader failed in the middle of its reply."


class RateLimited(CallFailed):
    """Too fast for everyone on this key. Not a try of this answer, and never billed."""

    code, sentence = "rate_limited", "The grader asks to go slower."
    next = Next.RETRY


class _Configured(CallFailed):
    """Nothing will work until somebody who can mend it does, or the limit is reset."""

    next = Next.PAUSE
    wants_a_person = True


class KeyRefused(_Configured):
    code, sentence = "key_refused", "The API key was refused. Check ANTHROPIC_API_KEY."


class PaymentRequired(_Configured):
    code, sentence = "payment_required", "The account behind the API key has no credit left."


class NotPermitted(_Configured):
    code, sentence = "not_permitted", "The API key may not use this model."


class NotFound(_Configured):
    code = "not_found"
    sentence = "The model was not found. Check VIVA_CLAUDE_MODEL and ANTHROPIC_BASE_URL."


class NoBatches(_Configured):
    """The server does not know the route that batches are handed in by."""

    code = "no_batches"
    sentence = (
        "The server that is asked takes no batches. Add batches to VIVA_CLAUDE_WITHOUT, or check "
        "ANTHROPIC_BASE_URL."
    )


class SpendLimitReached(_Configured):
    code = "spend_limit"
    sentence = "The spend limit of the API account is reached. Grading goes on when it is reset."


class BadRequest(CallFailed):
    code, sentence = "bad_request", "The grader did not understand what it was sent."
    next = Next.STOP
    wants_a_person = True


class TooLarge(CallFailed):
    code, sentence = "too_large", "The question and the answer are too large for the grader."
    next = Next.STOP


class Unprocessable(CallFailed):
    code, sentence = "unprocessable", "The grader could not process what it was sent."
    next = Next.STOP


# What is backed off and counted: being asked to go slower is not among them.
PASSING_CODES = frozenset(failure.code for failure in _Passing.__subclasses__())
