"""Message batches: handed in at half price, looked after, told in no order."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Literal

from grading.llm.calls import Reply, Request
from grading.llm.capabilities import parameters
from grading.llm.client import Client
from grading.llm.failures import NoBatches, NotFound, ServerFailed
from grading.llm.reading import RAISED, failure_of, reply_of

MOST_REQUESTS: Final = 10_000  # the API takes ten times as many; this is what one process holds
MOST_BYTES: Final = 64_000_000  # of 256 MB

Ending = Literal["succeeded", "invalid", "errored", "canceled", "expired"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One request of a batch; `custom_id` is 1 to 64 of ``a-zA-Z0-9_-``, unique in the batch."""

    custom_id: str
    request: Request = field(repr=False)


@dataclass(frozen=True, slots=True)
class Look:
    """A batch as it is now. `size` counts its requests, `open` those not yet worked on."""

    id: str
    ended: bool
    size: int
    open: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """How one request ended. `reply` is there when it succeeded; "invalid" never will."""

    custom_id: str
    ending: Ending
    reply: Reply | None = field(default=None, repr=False)


def hand_in(client: Client, entries: Sequence[Entry]) -> Look:
    """Create a batch. Raises a type of `CallFailed`, `NoBatches` where the server knows none; what
    is wrong with a single request is told in its result."""
    rows: Any = [
        {
            "custom_id": entry.custom_id,
            "params": parameters(entry.request, client.access.without),
        }
        for entry in entries
    ]
    with _failures_of_the_route():
        return _look(client._sdk.messages.batches.create(requests=rows))


def look_at(client: Client, batch_id: str) -> Look:
    """Raises a type of `CallFailed`."""
    with _failures():
        return _look(client._sdk.messages.batches.retrieve(batch_id))


def newest(client: Client, since: datetime) -> list[Look]:
    """Batches of this key that were created at or after `since`. Raises a type of `CallFailed`,
    `NoBatches` where the server knows none."""
    found: list[Look] = []
    with _failures_of_the_route():
        for batch in client._sdk.messages.batches.list(limit=100):
            if batch.created_at < since:
                break
            found.append(_look(batch))
    return found


def cancel(client: Client, batch_id: str) -> None:
    """Ask for an end: what is not worked on yet ends as canceled. Raises a type of `CallFailed`."""
    with _failures():
        client._sdk.messages.batches.cancel(batch_id)


def results(client: Client, batch_id: str) -> Iterator[Result]:
    """Every request of a batch that has ended, in no order. Raises a type of `CallFailed`."""
    with _failures():
        for row in client._sdk.messages.batches.results(batch_id):
            yield _result(row)


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except RAISED as error:
        raise failure_of(error) from None
    except (AttributeError, TypeError):  # the SDK takes a page, or any JSON, for a batch
        raise ServerFailed(cut=True) from None


@contextmanager
def _failures_of_the_route() -> Iterator[None]:
    """Where no batch is named, it is the route itself that is not found, and no model."""
    try:
        with _failures():
            yield
    except NotFound as failure:
        raise NoBatches(status=failure.status, request_id=failure.request_id) from None


def _look(batch: Any) -> Look:
    counts = batch.request_counts
    ended = counts.succeeded + counts.errored + counts.canceled + counts.expired
    return Look(
        id=batch.id,
        ended=batch.processing_status == "ended",
        size=counts.processing + ended,
        open=counts.processing,
        created_at=batch.created_at,
    )


def _result(row: Any) -> Result:
    result = row.result
    if result.type == "succeeded":
        try:
            reply = reply_of(result.message, {})
        except ServerFailed:  # or what comes after it would never be read
            return Result(row.custom_id, "errored")
        return Result(row.custom_id, "succeeded", replace(reply, request_id=result.message.id))
    if result.type == "errored":
        error = getattr(result.error, "error", None)
        refused = getattr(error, "type", None) == "invalid_request_error"
        return Result(row.custom_id, "invalid" if refused else "errored")
    return Result(row.custom_id, "expired" if result.type == "expired" else "canceled")
