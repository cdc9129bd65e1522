"""What the fake Claude API knows of each model: limits, accepted parameters, prices."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

EFFORTS = ("low", "medium", "high", "xhigh", "max")
THINKING = ("adaptive", "between_tools", "disabled", "enabled")
OFF = frozenset({"disabled", "between_tools"})  # no thinking is billed under these
WITH_THINKING_ONLY = frozenset({"xhigh", "max"})  # efforts refused when thinking is off
THOUGHT = {"low": 40, "medium": 120, "high": 300, "xhigh": 600, "max": 1200}  # tokens a reply


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars per million tokens, which are also micro-dollars per token."""

    input: Decimal
    output: Decimal
    write_5m: Decimal
    write_1h: Decimal
    read: Decimal


@dataclass(frozen=True, slots=True)
class Model:
    """One row of the table: what a request to this model may say and what it costs."""

    id: str
    line: str
    cacheable: int  # shortest prefix in tokens that is kept
    thinking: frozenset[str]
    efforts: tuple[str, ...]
    max_tokens: int
    price: Price
    context: int = 1_000_000

    def thinking_tokens(self, body: dict[str, Any]) -> int:
        """Tokens thought before the reply: on unless the request turned it off."""
        if "adaptive" not in self.thinking or (body.get("thinking") or {}).get("type") in OFF:
            return 0
        return THOUGHT[(body.get("output_config") or {}).get("effort") or "high"]


def price(*dollars: str) -> Price:
    """From the order of the price list: in, out, write 5m, write 1h, read."""
    return Price(*map(Decimal, dollars))


CATALOGUE = {
    model.id: model
    for model in (
        Model(
            "claude-haiku-5-5", "haiku", 512, frozenset({"adaptive", "disabled"}), EFFORTS, 64_000,
            price("0.10", "0.50", "0.125", "0.20", "0.01"),
        ),
        Model(
            "claude-sonnet-5-5", "sonnet", 512, frozenset({"adaptive", "between_tools"}), EFFORTS,
            128_000, price("2", "10", "2.50", "4", "0.10"),
        ),
        Model(
            "claude-opus-5-5", "opus", 512, frozenset({"adaptive"}), EFFORTS, 128_000,
            price("4", "20", "5", "8", "0.20"),
        ),
        Model(
            "claude-sonnet-5", "sonnet", 1024, frozenset({"adaptive", "disabled"}), EFFORTS, 64_000,
            price("3", "15", "3.75", "6", "0.30"),
        ),
        Model(
            "claude-haiku-4-5", "haiku", 4096, frozenset({"disabled", "enabled"}), (), 64_000,
            price("1", "5", "1.25", "2", "0.10"), 200_000,
        ),
    )
}  # fmt: skip


def describe(model: Model) -> dict[str, Any]:
    """The reply of ``GET /v1/models/{id}``."""

    def offered(yes: bool) -> dict[str, bool]:
        return {"supported": yes}

    return {
        "type": "model",
        "id": model.id,
        "display_name": model.id.replace("-", " ").title(),
        "created_at": "2026-09-01T00:00:00Z",
        "deprecated_at": None,
        "retires_at": None,
        "lifecycle": "active",
        "line": model.line,
        "max_input_tokens": model.context,
        "max_tokens": model.max_tokens,
        "capabilities": {
            "batch": offered(True),
            "citations": offered(True),
            "code_execution": offered(False),
            "context_management": offered(False),
            "effort": offered(bool(model.efforts))
            | {effort: offered(effort in model.efforts) for effort in EFFORTS},
            "image_input": offered(True),
            "pdf_input": offered(True),
            "server_tools": {"code_execution": offered(False), "web_search": offered(False)}
            | offered(False),
            "structured_outputs": offered(True),
            "thinking": offered("adaptive" in model.thinking or "enabled" in model.thinking)
            | {"types": {name: offered(name in model.thinking) for name in THINKING}},
        },
    }
