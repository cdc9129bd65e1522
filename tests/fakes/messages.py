"""``POST /v1/messages``: validate, bill the input, answer in time, as the script wants it."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from tests.fakes import gates
from tests.fakes.billing import read_cache, usage_of
from tests.fakes.errors import KINDS, Refused
from tests.fakes.faults import Fault
from tests.fakes.log import Exchange, Usage
from tests.fakes.replies import Reply, compose
from tests.fakes.state import State
from tests.fakes.streaming import beginning, deltas, ending
from tests.fakes.validation import check_message
from tests.fakes.wire import Connection, Gone


class Answering:
    """One request on its way through the fake."""

    def __init__(self, state: State, exchange: Exchange, connection: Connection) -> None:
        self.state = state
        self.exchange = exchange
        self.connection = connection

    async def answer(self, body: Any) -> None:
        """From the parsed body to the last byte. Raises Refused for every error reply."""
        state, exchange = self.state, self.exchange
        model = check_message(body)
        exchange.model, exchange.stream = model.id, bool(body.get("stream"))
        fault = state.faults.next(exchange.raw.decode())
        if fault.status:
            await self.until(state.settings.opening + fault.slow)
            raise fault.refusal()
        if fault.drop == "before":
            self.drop(fault)
            return
        reading = read_cache(state.cache, exchange.workspace, body, model, miss=fault.miss)
        exchange.prefix = reading.prefix
        state.limits(exchange.workspace).admit(reading.input + reading.write_5m + reading.write_1h)
        await self.until(state.settings.opening + fault.slow)
        await state.gates.pass_through(gates.FIRST_BYTE, exchange.raw)
        text = state.judge.answer(body) if fault.text is None else fault.text
        reply = compose(body, model, text, usage_of(reading), fault.stop)
        state.cache.begin(reading)
        exchange.began, exchange.message_id = time.monotonic(), reply.id
        exchange.billed = usage_of(reading)
        exchange.status = 200
        try:
            if exchange.stream and fault.drop != "after":
                await self.stream(reply, fault)
            else:
                await self.send_whole(reply, fault)
        finally:
            self.settle()

    async def stream(self, reply: Reply, fault: Fault) -> None:
        """The reply as events. What has been generated when it breaks is billed."""
        opening, latency = self.state.settings.opening, self.state.settings.latency
        pieces = list(deltas(reply))
        await self.connection.open_stream(self.headers())
        with self.telling("start", replace(self.exchange.billed, output=1)):
            await self.connection.send_events(*beginning(reply))
        await self.state.gates.pass_through(gates.AFTER_START, self.exchange.raw)
        kept = len(pieces) // 2 if fault.error or fault.drop else len(pieces)
        for number, events in enumerate(pieces[:kept], start=1):
            await self.until(opening + (latency - opening) * number / len(pieces))
            self.exchange.billed.output = reply.usage.output * number // len(pieces)
            await self.connection.send_events(*events)
        if fault.drop:
            self.drop(fault)
        elif fault.error:
            self.exchange.error = fault.error
            self.settle()
            await self.connection.send_events(mid_stream(fault).body(self.exchange.request_id))
            await self.connection.close_stream()
        else:
            await self.end(reply, silently=fault.stop == "null")

    async def end(self, reply: Reply, *, silently: bool) -> None:
        """Close the stream, with the reason for its end unless silently."""
        self.bill_all(reply)
        self.settle()
        if not silently:
            with self.telling("everything", reply.usage):
                await self.connection.send_events(*ending(reply))
        await self.connection.close_stream()

    async def send_whole(self, reply: Reply, fault: Fault) -> None:
        """The reply as one piece of JSON, after all the time that it takes."""
        await self.state.gates.pass_through(gates.AFTER_START, self.exchange.raw)
        await self.until(self.state.settings.latency)
        self.bill_all(reply)
        if fault.drop:
            self.drop(fault)
        elif fault.error:
            raise mid_stream(fault)
        else:
            self.settle()
            with self.telling("everything", reply.usage):
                await self.connection.send_json(200, reply.message(), self.headers())

    @contextmanager
    def telling(self, delivered: str, usage: Usage) -> Iterator[None]:
        """What is written here is told, unless the client turns out to have gone."""
        before = self.exchange.delivered, self.exchange.told
        self.exchange.tell(delivered, usage)
        try:
            yield
        except Gone:
            self.exchange.tell(*before)
            raise

    async def until(self, seconds: float) -> None:
        """Wait until so long after the request came in; give way to others in any case."""
        await asyncio.sleep(max(0.0, self.exchange.started + seconds - time.monotonic()))

    def bill_all(self, reply: Reply) -> None:
        """The model has said everything."""
        self.exchange.billed = reply.usage
        self.exchange.stop_reason = reply.stop_reason

    def settle(self) -> None:
        """Close the books before the last byte, so that a client finds them closed."""
        if self.exchange.ended is None:
            self.exchange.ended = time.monotonic()
            self.state.limits(self.exchange.workspace).spend(self.exchange.billed.output)

    def drop(self, fault: Fault) -> None:
        """Break the connection."""
        self.exchange.error = f"dropped {fault.drop}"
        self.settle()
        self.connection.break_off(reset=fault.drop != "mid")

    def headers(self) -> dict[str, str]:
        """Of a good reply."""
        limits = self.state.limits(self.exchange.workspace).headers()
        return {"request-id": self.exchange.request_id} | limits


def mid_stream(fault: Fault) -> Refused:
    """An error that comes when the reply has begun."""
    status = next((status for status, kind in KINDS.items() if kind == fault.error), 500)
    message = fault.message or "Overloaded"
    return Refused(status, message, kind=fault.error, error_code=fault.error_code)
