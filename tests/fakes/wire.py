"""Just enough HTTP/1.1 for the SDK: kept-alive connections, JSON replies, streamed events."""

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

HEADERS_AT_MOST = 64 * 1024


class Gone(Exception):  # noqa: N818 - a fact, not a fault: the client has hung up
    """The client is no longer there."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request with header names in lower case; ``path`` without its query."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


class Connection:
    """One client's connection, and the one reply that is being written to it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self) -> Request | None:
        """The next request, or None when the client has closed."""
        try:
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.rstrip("\r\n").split("\r\n")
            method, target, _ = first.split(" ", 2)
            pairs = (line.split(":", 1) for line in lines)
            headers = {name.strip().lower(): value.strip() for name, value in pairs}
            if headers.get("transfer-encoding") == "chunked":
                body = await self._read_chunks()
            else:
                body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        path, _, query = target.partition("?")
        return Request(method, path, query, headers, body)

    async def _read_chunks(self) -> bytes:
        body = b""
        while size := int(await self._reader.readuntil(b"\r\n"), 16):
            body += await self._reader.readexactly(size)
            await self._reader.readexactly(2)
        await self._reader.readexactly(2)
        return body

    async def send_json(self, status: int, value: Any, headers: Mapping[str, str]) -> None:
        """A whole reply."""
        body = json.dumps(value, ensure_ascii=False).encode()
        await self.send_bytes(status, body, headers, "application/json")

    async def send_bytes(
        self, status: int, body: bytes, headers: Mapping[str, str], kind: str
    ) -> None:
        """A whole reply of any type."""
        sized = {"content-type": kind, "content-length": str(len(body))}
        await self._write(head_of(status, {**headers, **sized}) + body)

    async def open_stream(self, headers: Mapping[str, str]) -> None:
        """The head of a streamed reply; nothing is sent until the first event."""
        kinds = {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"}
        self._writer.write(head_of(200, {**headers, **kinds, "transfer-encoding": "chunked"}))

    async def send_events(self, *events: dict[str, Any]) -> None:
        """Server-sent events, each named by its type, in one chunk."""
        text = "".join(
            f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n"
            for event in events
        ).encode()
        await self._write(f"{len(text):x}\r\n".encode() + text + b"\r\n")

    async def close_stream(self) -> None:
        """The regular end of a streamed reply."""
        await self._write(b"0\r\n\r\n")

    async def _write(self, data: bytes) -> None:
        if self._writer.is_closing() or self._reader.at_eof():
            raise Gone
        try:
            self._writer.write(data)
            await self._writer.drain()
        except ConnectionError as error:
            raise Gone from error

    def break_off(self, *, reset: bool) -> None:
        """Drop the connection: with a reset, which may overtake what was sent, or without one."""
        raw = self._writer.get_extra_info("socket")
        if reset and raw:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    @property
    def broken(self) -> bool:
        """Nothing more can be written here."""
        return self._writer.is_closing()

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()


def head_of(status: int, headers: Mapping[str, str]) -> bytes:
    """Status line and headers."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Status"  # 529 is the API's own
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {v}" for name, v in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


Handler = Callable[[Request, Connection], Awaitable[None]]


async def listen(handler: Handler, port: int) -> asyncio.Server:
    """A server on loopback that gives each request to ``handler``; port 0 takes a free one."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(reader, writer)
        try:
            while not connection.broken and (request := await connection.read()):
                await handler(request, connection)
        except (Gone, asyncio.CancelledError):
            pass  # one of the two sides has gone: nothing is owed to the other
        finally:
            await connection.close()

    return await asyncio.start_server(serve, "127.0.0.1", port, limit=HEADERS_AT_MOST, backlog=1024)
