"""Which parameters a model takes, and which of them a compatible server refuses."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from grading.llm.calls import Request

# What can be left out for a server that refuses it.
REFUSABLE: Final = ("thinking", "effort", "format", "cache", "metadata", "stream", "batches")


@dataclass(frozen=True, slots=True)
class Capabilities:
    """`thinking` is the parameter that keeps thinking down as far as the model allows, None to
    send none. `headroom` is added to the tokens of a reply where thinking cannot be turned off.
    """

    thinking: Mapping[str, str] | None
    effort: bool
    headroom: int = 0


MODELS: Final = {
    "claude-haiku-5-5": Capabilities(thinking={"type": "disabled"}, effort=True),
    "claude-sonnet-5-5": Capabilities(thinking={"type": "between_tools"}, effort=True),
    "claude-opus-5-5": Capabilities(thinking=None, effort=True, headroom=4_000),
}
UNKNOWN: Final = Capabilities(thinking=None, effort=False, headroom=4_000)


def family_of(model: str) -> str:
    """The name without its day: "claude-haiku-5-5-20261001" is a "claude-haiku-5-5"."""
    return re.sub(r"-\d{8}\Z", "", model)


def capabilities_of(model: str) -> Capabilities:
    """The row of a model, a dated name included; for one not in the table nothing optional."""
    return MODELS.get(family_of(model), UNKNOWN)


def parameters(request: Request, without: Collection[str] = ()) -> dict[str, Any]:
    """The body of a call. `without` names what the server refuses, of `REFUSABLE`."""
    able = capabilities_of(request.model)
    body: dict[str, Any] = {
        "model": request.model,
        "max_tokens": request.max_tokens + able.headroom,
        "system": [_block(block.text, "" if "cache" in without else block.cache)
                   for block in request.system],
        "messages": [{"role": "user", "content": [{"type": "text", "text": request.user}]}],
    }  # fmt: skip
    if able.thinking is not None and "thinking" not in without:
        body["thinking"] = dict(able.thinking)
    output: dict[str, Any] = {}
    if able.effort and "effort" not in without:
        output["effort"] = request.effort
    if request.schema is not None and "format" not in without:
        output["format"] = {"type": "json_schema", "schema": request.schema}
    if output:
        body["output_config"] = output
    if request.user_id and "metadata" not in without:
        body["metadata"] = {"user_id": request.user_id}
    return body


def _block(text: str, life: str) -> dict[str, Any]:
    block: dict[str, Any] = {"type": "text", "text": text}
    if life:
        block["cache_control"] = {"type": "ephemeral", "ttl": life}
    return block
