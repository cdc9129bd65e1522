"""Sending a request: the SDK's client, one a process, with no retries of its own."""

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import anthropic

from grading.llm import failures
from grading.llm.calls import NO_TOKENS, Reply, Request
from grading.llm.capabilities import parameters
from grading.llm.failures import CallFailed
from grading.llm.gate import OPEN, Gate
from grading.llm.reading import RAISED, failure_of, limits_of, reply_of, with_event
from grading.llm.seats import seats

# What these say at lower levels holds prompts and answers, or a line a call.
for _name in ("anthropic", "httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)

API: Final = "https://api.anthropic.com"
CONNECT_SECONDS: Final = 5.0
LOOKUP_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach the API. `base_url` is empty for the API itself, without `/v1` for others.

    `timeout_seconds` bounds one call; `without` names the parameters that the server refuses.
    """

    api_key: str = field(repr=False)
    base_url: str = ""
    timeout_seconds: float = 90
    without: frozenset[str] = frozenset()


class Client:
    """Sends requests through a gate; safe for threads, not across a fork."""

    def __init__(self, access: Access, gate: Gate = OPEN) -> None:
        self.access = access
        self._gate = gate
        self._sdk = anthropic.Anthropic(
            api_key=access.api_key,
            base_url=access.base_url or API,  # or the SDK would take an empty one as given
            max_retries=0,  # the SDK would sleep in the worker; who waits is decided elsewhere
            timeout=anthropic.Timeout(access.timeout_seconds, connect=CONNECT_SECONDS),
            open_telemetry=False,
        )

    def send(
        self,
        request: Request,
        *,
        on_start: Callable[[], None] | None = None,
        on_text: Callable[[str], None] | None = None,
    ) -> Reply:
        """Send and wait for the reply. Raises a type of `CallFailed`, or the gate's `HeldBack`.

        With a callback the reply is streamed: `on_start` is called once the response has begun,
        from when on its cache entries can be read; `on_text` with each piece of text. Where the
        server does not stream, both are called when all of it is there.
        """
        body = parameters(request, self.access.without)
        passage = self._gate.enter(request.model)
        try:
            with seats.left():
                reply = self._exchange(body, on_start, on_text)
        except CallFailed as failure:
            passage.failed(failure)
            raise
        passage.answered(reply)
        return reply

    def find_model(self, model: str) -> None:
        """Ask whether a model is there. Raises a type of `CallFailed`."""
        try:
            self._sdk.with_options(timeout=LOOKUP_SECONDS).models.retrieve(model)
        except RAISED as error:
            raise failure_of(error) from None

    def _exchange(
        self,
        body: dict[str, Any],
        on_start: Callable[[], None] | None,
        on_text: Callable[[str], None] | None,
    ) -> Reply:
        begin, add = on_start or _ignore, on_text or _ignore
        if (begin, add) != (_ignore, _ignore) and "stream" not in self.access.without:
            return self._stream(body, begin, add)
        told: Mapping[str, str] = {}
        try:
            raw = self._sdk.messages.with_raw_response.create(**body)
            told = raw.headers
            message = raw.parse()
        except RAISED as error:
            failure = failure_of(error)
            failure.request_id = failure.request_id or told.get("request-id", "")
            raise failure from None
        reply = reply_of(message, told)
        begin()
        add(reply.text)
        return reply

    def _stream(
        self, body: dict[str, Any], on_start: Callable[[], None], on_text: Callable[[str], None]
    ) -> Reply:
        """Read events until the last. A cut stream ends without an error and without a reason."""
        deadline = time.monotonic() + self.access.timeout_seconds
        reply = Reply("", None, "", NO_TOKENS)
        try:
            raw = self._sdk.messages.with_raw_response.create(**body, stream=True)
            told = raw.headers
            reply = replace(reply, request_id=told.get("request-id", ""), limits=limits_of(told))
            with raw.parse() as events:
                for event in events:
                    if time.monotonic() > deadline:
                        raise failures.CallTimedOut(
                            request_id=reply.request_id, tokens=reply.tokens, cut=True
                        )
                    before, reply = reply, with_event(reply, event)
                    if reply.model and not before.model:
                        on_start()
                    if len(reply.text) > len(before.text):
                        on_text(reply.text[len(before.text) :])
        except RAISED as error:
            failure = failure_of(error, reply.tokens)
            failure.request_id = failure.request_id or reply.request_id
            raise failure from None
        if not reply.model:  # no stream of ours at all: a proxy's page
            raise failures.ServerFailed(request_id=reply.request_id, cut=True)
        return reply


def _ignore(*_: object) -> None:
    """Nobody listens."""


_clients: dict[tuple[int, Access], Client] = {}
_lock = threading.Lock()


def get_client(access: Access, gate: Gate = OPEN) -> Client:
    """The client of this process, made on first use: connections do not survive a fork."""
    key = (os.getpid(), access)
    with _lock:
        if key not in _clients:
            _clients[key] = Client(access, gate)
        return _clients[key]
