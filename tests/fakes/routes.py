"""Which address answers what, as the API and as the fake's own admin pages."""

import json
import time
from typing import Any
from urllib.parse import parse_qsl

from tests.fakes import admin
from tests.fakes.catalogue import CATALOGUE, describe
from tests.fakes.errors import Refused, bad
from tests.fakes.layout import lay_out
from tests.fakes.log import Exchange, workspace_of
from tests.fakes.messages import Answering
from tests.fakes.state import State
from tests.fakes.validation import check_headers, check_message
from tests.fakes.wire import Connection, Request

BYTES_ALLOWED = 32 * 1024 * 1024
BATCHES = "/v1/messages/batches"


class Router:
    """Answers requests with the state of the moment, which a reset replaces."""

    def __init__(self, state: State) -> None:
        self.state = state

    def reset(self) -> None:
        """A new world with the same settings; nobody is left standing at a gate."""
        self.state.gates.open_all()
        self.state = State(self.state.settings)

    async def __call__(self, request: Request, connection: Connection) -> None:
        if request.path.startswith(admin.ROOT):
            await self._administer(request, connection)
            return
        exchange = self.state.log.open(request.method, request.path, request.body)
        try:
            await self._dispatch(request, connection, exchange)
        except Refused as refused:
            exchange.status, exchange.error = refused.status, refused.error_code or refused.kind
            exchange.delivered, exchange.ended = "nothing", time.monotonic()
            headers = {"request-id": exchange.request_id} | refused.headers
            await connection.send_json(refused.status, refused.body(exchange.request_id), headers)
        finally:
            exchange.ended = exchange.ended or time.monotonic()

    async def _administer(self, request: Request, connection: Connection) -> None:
        try:
            status, value = 200, admin.answer(self, request)
        except (LookupError, TypeError, ValueError) as error:
            status, value = 400, {"error": f"{type(error).__name__}: {error}"}
        await connection.send_json(status, value, {})

    async def _dispatch(self, request: Request, connection: Connection, exchange: Exchange) -> None:
        key = check_headers(request.headers, set(self.state.settings.refused_keys))
        exchange.workspace = workspace_of(key)
        if len(request.body) > BYTES_ALLOWED and request.path != BATCHES:
            raise Refused(413, "Request exceeds the maximum allowed number of bytes.")
        if request.path.startswith(tuple(self.state.settings.lacks)):
            exchange.status, exchange.error = 404, "no_route"
            exchange.delivered = "nothing"
            await connection.send_bytes(404, b"404 page not found", {}, "text/plain")
            return
        if (request.method, request.path) == ("POST", "/v1/messages"):
            await Answering(self.state, exchange, connection).answer(parse(request))
            return
        exchange.status, exchange.delivered = 200, "everything"
        headers = {"request-id": exchange.request_id}
        if request.path.startswith(BATCHES) and request.path.endswith("/results"):
            batch = self.state.batches.get(request.path.split("/")[-2], exchange.workspace)
            lines = self.state.batches.lines(batch)
            await connection.send_bytes(200, lines, headers, "application/x-jsonl")
        else:
            await connection.send_json(200, self._plain(request, exchange), headers)

    def _plain(self, request: Request, exchange: Exchange) -> Any:
        if (request.method, request.path) == ("POST", "/v1/messages/count_tokens"):
            body = parse(request)
            check_message(body, counting=True)
            return {"input_tokens": sum(block.tokens for block in lay_out(body))}
        if request.path.startswith(BATCHES):
            return self._batch(request, exchange.workspace)
        if request.method == "GET" and request.path == "/v1/models":
            rows = [describe(model) for model in CATALOGUE.values()]
            return page(rows, more=False)
        if request.method == "GET" and request.path.startswith("/v1/models/"):
            name = request.path.removeprefix("/v1/models/")
            if name in CATALOGUE:
                return describe(CATALOGUE[name])
            raise Refused(404, f"model: {name}")
        raise Refused(404, "Not found")

    def _batch(self, request: Request, workspace: str) -> Any:
        batches, now = self.state.batches, self.state.clock.now()
        root = f"http://{request.headers.get('host', '127.0.0.1')}"
        match request.method, request.path.removeprefix(BATCHES).strip("/").split("/"):
            case "POST", [""]:
                parse(request)
                return batches.create(request.body, workspace).as_json(root, now)
            case "GET", [""]:
                rows, more = batches.page(workspace, dict(parse_qsl(request.query)))
                return page([batch.as_json(root, now) for batch in rows], more=more)
            case "GET", [batch_id]:
                return batches.get(batch_id, workspace).as_json(root, now)
            case "DELETE", [batch_id]:
                batches.delete(batches.get(batch_id, workspace))
                return {"id": batch_id, "type": "message_batch_deleted"}
            case "POST", [batch_id, "cancel"]:
                batch = batches.get(batch_id, workspace)
                batches.cancel(batch)
                return batch.as_json(root, now)
        raise Refused(404, "Not found")


def parse(request: Request) -> Any:
    """The body as JSON. Raises Refused (400)."""
    if "application/json" not in request.headers.get("content-type", ""):
        raise bad("content-type: must be application/json")
    try:
        return json.loads(request.body, parse_constant=refuse)
    except ValueError:
        raise bad("The request body is not valid JSON.") from None


def refuse(constant: str) -> None:
    """Python reads NaN and Infinity, and JSON has none."""
    raise ValueError(constant)


def page(rows: list[dict[str, Any]], *, more: bool) -> dict[str, Any]:
    """A page of a list."""
    ids = [row["id"] for row in rows] or [None]
    return {"data": rows, "has_more": more, "first_id": ids[0], "last_id": ids[-1]}
