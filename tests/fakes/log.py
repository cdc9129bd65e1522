"""The fake's own record of every request: what was asked, answered and billed."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, Literal

from tests.fakes.catalogue import CATALOGUE

COUNTS = ("input", "write_5m", "write_1h", "read", "output")


@dataclass(slots=True)
class Usage:
    """Tokens by how they are billed; ``thinking`` is a part of ``output``."""

    input: int = 0
    write_5m: int = 0
    write_1h: int = 0
    read: int = 0
    output: int = 0
    thinking: int = 0

    def as_json(self, tier: str, *, output: int | None = None) -> dict[str, Any]:
        """The ``usage`` of a reply; ``output`` in place of the count at the end."""
        usage: dict[str, Any] = {
            "input_tokens": self.input,
            "cache_creation_input_tokens": self.write_5m + self.write_1h,
            "cache_read_input_tokens": self.read,
            "cache_creation": {
                "ephemeral_5m_input_tokens": self.write_5m,
                "ephemeral_1h_input_tokens": self.write_1h,
            },
            "output_tokens": self.output if output is None else output,
            "service_tier": tier,
            "inference_geo": "global",
        }
        if output is None:
            usage["output_tokens_details"] = {"thinking_tokens": self.thinking}
        return usage

    def cost(self, model: str, tier: str) -> Decimal:
        """Micro-dollars; a batch costs half."""
        price = CATALOGUE[model].price
        full = sum(getattr(self, name) * getattr(price, name) for name in COUNTS)
        return Decimal(full) / (2 if tier == "batch" else 1)


@dataclass(slots=True)
class Exchange:
    """One request and what became of it.

    ``billed`` is what the account pays, ``told`` what a client that was still there was told of
    it, by a reply "delivered" as "nothing", "start" (``message_start`` and no end) or "everything".
    ``started``, ``began`` and ``ended`` are monotonic seconds of this process, None where it
    never came to that.
    """

    number: int
    at: float
    method: str
    path: str
    raw: bytes
    started: float
    request_id: str
    workspace: str = ""
    model: str = ""
    stream: bool = False
    status: int = 0
    error: str = ""
    stop_reason: str | None = None
    message_id: str = ""
    tier: str = "standard"
    custom_id: str = ""
    prefix: str = ""
    billed: Usage = field(default_factory=Usage)
    told: Usage = field(default_factory=Usage)
    delivered: str = "nothing"
    began: float | None = None
    ended: float | None = None

    @property
    def body(self) -> dict[str, Any]:
        """The request, parsed."""
        return dict(json.loads(self.raw))

    def tell(self, delivered: str, usage: Usage) -> None:
        """Note what is about to be told; it is noted first, for the client may be quick."""
        self.delivered, self.told = delivered, usage

    def as_json(self, *, bodies: bool) -> dict[str, Any]:
        """For the admin page of the log."""
        row = asdict(self)
        raw = row.pop("raw")
        return row | ({"body": raw.decode(errors="replace")} if bodies else {})


class Log:
    """Exchanges in order of arrival, and their sums."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.exchanges: list[Exchange] = []

    def open(self, method: str, path: str, raw: bytes) -> Exchange:
        """Record a request that has just come in."""
        number = len(self.exchanges) + 1
        exchange = Exchange(
            number, self._now(), method, path, raw, time.monotonic(), f"req_fake{number:08d}"
        )
        self.exchanges.append(exchange)
        return exchange

    def messages(self) -> list[Exchange]:
        """The requests for a message, batch items among them, that reached a model."""
        return [exchange for exchange in self.exchanges if exchange.billed != Usage()]

    def totals(self, of: Literal["billed", "told"] = "billed") -> dict[str, dict[str, Any]]:
        """Per model: requests, sums of the token counts, micro-dollars."""
        sums: dict[str, dict[str, Any]] = {}
        for exchange in self.messages():
            row = sums.setdefault(
                exchange.model, dict.fromkeys(("requests", *COUNTS), 0) | {"cost": Decimal(0)}
            )
            usage: Usage = getattr(exchange, of)
            row["requests"] += 1
            for name in COUNTS:
                row[name] += getattr(usage, name)
            row["cost"] += usage.cost(exchange.model, exchange.tier)
        return sums

    def prefixes(self) -> dict[str, dict[str, int]]:
        """Per marked prefix: requests, those that read all of it, those that wrote a part."""
        rows: dict[str, dict[str, int]] = {}
        for exchange in self.messages():
            if exchange.prefix:
                row = rows.setdefault(exchange.prefix, {"requests": 0, "hits": 0, "writes": 0})
                written = exchange.billed.write_5m + exchange.billed.write_1h
                row["requests"] += 1
                row["hits"] += written == 0
                row["writes"] += written > 0
        return rows


def workspace_of(key: str) -> str:
    """Whose cache and limits a key has, without repeating the key."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]
