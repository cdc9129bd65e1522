"""Message batches: taken as they come, validated and answered later, told in no order."""

import json
import random
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.billing import read_cache, usage_of
from tests.fakes.clock import stamp
from tests.fakes.errors import Refused, bad
from tests.fakes.replies import compose
from tests.fakes.validation import check_message

if TYPE_CHECKING:
    from tests.fakes.state import State

REQUESTS_ALLOWED = 100_000
BYTES_ALLOWED = 256 * 1024 * 1024
PAGE = 1000
DAY = 86_400.0
KEPT = 29 * DAY
CUSTOM_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
KINDS = ("processing", "succeeded", "errored", "canceled", "expired")


@dataclass(slots=True)
class Batch:
    """One batch; ``results`` by custom id are there once it has ended."""

    id: str
    workspace: str
    requests: list[dict[str, Any]]
    created: float
    status: str = "in_progress"
    cancelled: float | None = None
    ended: float | None = None
    results: dict[str, dict[str, Any]] = field(default_factory=dict)

    def as_json(self, root: str, now: float) -> dict[str, Any]:
        """The batch as the API shows it; ``root`` is this server's address."""
        counts = dict.fromkeys(KINDS, 0)
        for result in self.results.values():
            counts[result["type"]] += 1
        counts["processing"] = len(self.requests) - len(self.results)
        archived = self.ended is not None and now >= self.created + KEPT
        shown = self.ended is not None and not archived
        return {
            "id": self.id,
            "type": "message_batch",
            "processing_status": self.status,
            "request_counts": counts,
            "created_at": stamp(self.created),
            "expires_at": stamp(self.created + DAY),
            "ended_at": None if self.ended is None else stamp(self.ended),
            "cancel_initiated_at": None if self.cancelled is None else stamp(self.cancelled),
            "archived_at": stamp(self.created + KEPT) if archived else None,
            "results_url": f"{root}/v1/messages/batches/{self.id}/results" if shown else None,
        }


class Batches:
    """All batches of one server, newest last. Time passes for them when they are looked at."""

    def __init__(self, state: "State") -> None:
        self._state = state
        self._batches: dict[str, Batch] = {}
        self._random = random.Random(0)  # noqa: S311 - reproducible, not secret
        self.outcomes: dict[str, str] = {}  # custom id → "errored", "canceled" or "expired"

    def create(self, raw: bytes, workspace: str) -> Batch:
        """Take a batch. Only its envelope is checked now; its parameters when it is worked on."""
        if len(raw) > BYTES_ALLOWED:
            raise Refused(413, "Request exceeds the maximum allowed number of bytes.")
        body = json.loads(raw)
        rows = body.get("requests") if isinstance(body, dict) else None
        if not isinstance(rows, list) or set(body) != {"requests"}:
            raise bad("requests: Input should be a valid list, and nothing else is permitted")
        if not 0 < len(rows) <= REQUESTS_ALLOWED:
            raise bad(f"requests: a batch holds 1 to {REQUESTS_ALLOWED} requests")
        for number, row in enumerate(rows):
            if not isinstance(row, dict) or set(row) != {"custom_id", "params"}:
                raise bad(f"requests.{number}: Input should have custom_id and params alone")
            if not isinstance(row["params"], dict):
                raise bad(f"requests.{number}.params: Input should be an object")
            name = row["custom_id"]
            if not isinstance(name, str) or not CUSTOM_ID.fullmatch(name):
                raise bad(f"requests.{number}.custom_id: String should match {CUSTOM_ID.pattern}")
        if len({row["custom_id"] for row in rows}) < len(rows):
            raise bad("requests: custom_id must be unique within a batch")
        batch = Batch(f"msgbatch_{secrets.token_hex(12)}", workspace, rows, self._state.clock.now())
        self._batches[batch.id] = batch
        return batch

    def get(self, batch_id: str, workspace: str) -> Batch:
        """The batch as it is now. Raises Refused (404) for another workspace's."""
        batch = self._batches.get(batch_id)
        if batch is None or batch.workspace != workspace:
            raise Refused(404, f"Message batch {batch_id} not found.")
        self._settle(batch)
        return batch

    def page(self, workspace: str, query: dict[str, str]) -> tuple[list[Batch], bool]:
        """A page of batches, newest first, and whether there are more in that direction."""
        rows = [batch for batch in reversed(self._batches.values()) if batch.workspace == workspace]
        for batch in rows:
            self._settle(batch)
        limit = int(said) if (said := query.get("limit", "20")).isdecimal() else 0
        if not 0 < limit <= PAGE:
            raise bad(f"limit: Input should be an integer from 1 to {PAGE}")
        ids = [batch.id for batch in rows]
        if "before_id" in query and query["before_id"] in ids:
            rows = rows[: ids.index(query["before_id"])]
            return rows[-limit:], len(rows) > limit
        if "after_id" in query and query["after_id"] in ids:
            rows = rows[ids.index(query["after_id"]) + 1 :]
        return rows[:limit], len(rows) > limit

    def cancel(self, batch: Batch) -> None:
        """Begin to cancel; it has ended the next time somebody looks."""
        if batch.status == "ended":
            raise bad("Batch has already ended and cannot be canceled.")
        batch.status, batch.cancelled = "canceling", self._state.clock.now()

    def delete(self, batch: Batch) -> None:
        """Forget a batch that has ended."""
        if batch.status != "ended":
            raise bad("Batch cannot be deleted while it is being processed.")
        del self._batches[batch.id]

    def lines(self, batch: Batch) -> bytes:
        """Results as JSONL, shuffled. Raises Refused (404) while or when there are none."""
        if batch.ended is None or self._state.clock.now() >= batch.created + KEPT:
            raise Refused(404, f"Results of message batch {batch.id} are not available.")
        rows = [{"custom_id": name, "result": result} for name, result in batch.results.items()]
        self._random.shuffle(rows)
        return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)

    def _settle(self, batch: Batch) -> None:
        now = self._state.clock.now()
        took = self._state.settings.batch_seconds
        if batch.status == "ended" or not (
            batch.status == "canceling" or now >= batch.created + min(took, DAY)
        ):
            return
        for row in batch.requests:
            name = row["custom_id"]
            if batch.status == "canceling" or took > DAY:
                batch.results[name] = {"type": "canceled" if took <= DAY else "expired"}
            else:
                batch.results[name] = self._answer(name, row["params"], batch.workspace)
        batch.status, batch.ended = "ended", min(now, batch.created + DAY)

    def _answer(self, name: str, params: dict[str, Any], workspace: str) -> dict[str, Any]:
        outcome = self.outcomes.get(name, "")
        if outcome in {"canceled", "expired"}:
            return {"type": outcome}
        raw = json.dumps(params, ensure_ascii=False).encode()
        exchange = self._state.log.open("POST", "/v1/messages/batches/item", raw)
        exchange.custom_id, exchange.tier, exchange.workspace = name, "batch", workspace
        try:
            if outcome == "errored":
                raise Refused(500, "Internal server error")
            if params.get("stream"):
                raise bad("stream: not supported in batches")
            model = check_message(params)
            fault = self._state.faults.next(name + raw.decode())
            if fault.status:
                raise fault.refusal()
            if fault.drop or fault.error:
                raise Refused(500, "Internal server error", kind=fault.error)
            exchange.model = model.id
            miss = fault.miss or self._random.random() >= self._state.settings.batch_hits
            reading = read_cache(self._state.cache, workspace, params, model, miss=miss)
            text = self._state.judge.answer(params) if fault.text is None else fault.text
            reply = compose(params, model, text, usage_of(reading), fault.stop)
        except Refused as refused:
            exchange.status, exchange.error = refused.status, refused.kind
            return {"type": "errored", "error": refused.body(exchange.request_id)}
        self._state.cache.begin(reading)
        reply.tier = "batch"
        exchange.prefix, exchange.billed = reading.prefix, reply.usage
        exchange.stop_reason, exchange.message_id = reply.stop_reason, reply.id
        exchange.status = 200
        exchange.tell("everything", reply.usage)
        return {"type": "succeeded", "message": reply.message()}
