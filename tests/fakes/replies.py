"""From what the judge says to the message that the API would make of it."""

import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from tests.fakes import tokens
from tests.fakes.catalogue import Model
from tests.fakes.log import Usage


@dataclass(slots=True)
class Reply:
    """Content blocks and why they end; tokens in ``usage`` are what is billed for the whole."""

    model: str
    content: list[dict[str, Any]]
    stop_reason: str | None
    usage: Usage
    tier: str = "standard"
    stop_sequence: str | None = None
    stop_details: dict[str, Any] | None = None
    id: str = field(default_factory=lambda: f"msg_{secrets.token_hex(12)}")

    def message(self, *, started_only: bool = False) -> dict[str, Any]:
        """The message as JSON; ``started_only`` as ``message_start`` has it."""
        return {
            "id": self.id,
            "type": "message",
            "role": "assistant",
            "model": self.model,
            "content": [] if started_only else self.content,
            "stop_reason": None if started_only else self.stop_reason,
            "stop_sequence": None if started_only else self.stop_sequence,
            "stop_details": None if started_only else self.stop_details,
            "container": None,
            "usage": self.usage.as_json(self.tier, output=1 if started_only else None),
        }


def compose(body: dict[str, Any], model: Model, text: str, usage: Usage, stop: str = "") -> Reply:
    """The reply to a request, with its output tokens added to ``usage``.

    ``stop`` forces a stop reason; otherwise the text ends the turn, unless ``max_tokens`` or a
    stop sequence cuts it.
    """
    thought = min(model.thinking_tokens(body), body["max_tokens"])
    room = body["max_tokens"] - thought
    usage.thinking = thought
    reply = Reply(model.id, thinking_block(thought), None, usage)
    if stop == "refusal":
        usage.thinking, usage.output = 0, 1
        reply.content, reply.stop_reason = [], "refusal"
        reply.stop_details = {
            "type": "refusal",
            "category": "cyber",
            "explanation": "The request could enable cyber harm.",
        }
        return reply
    if stop == "tool_use":
        call = {"type": "tool_use", "id": "toolu_fake", "name": "grade", "input": {}}
        reply.content.append(call)
        reply.stop_reason, usage.output = "tool_use", thought + tokens.count(json.dumps(call))
        return reply
    text, reply.stop_reason, reply.stop_sequence = end(body, text, room, stop)
    usage.output = thought + tokens.count(text)
    if text:
        reply.content.append({"type": "text", "text": text, "citations": None})
    return reply


def end(
    body: dict[str, Any], text: str, room: int, stop: str
) -> tuple[str, str | None, str | None]:
    """Text, stop reason and stop sequence: where the reply ends and why."""
    if stop and stop != "end_turn":
        half = text[: min(len(text) // 2, len(tokens.cut(text, room)))]
        known = body.get("stop_sequences") or ["\n\n"]
        return half, None if stop == "null" else stop, known[0] if stop == "stop_sequence" else None
    for sequence in body.get("stop_sequences") or []:
        if sequence in text:
            return text.partition(sequence)[0], "stop_sequence", sequence
    if tokens.count(text) > room:
        return tokens.cut(text, room), "max_tokens", None
    return text, "end_turn", None


def thinking_block(thought: int) -> list[dict[str, Any]]:
    """What a thinking model puts before its text: billed, and not shown."""
    return [{"type": "thinking", "thinking": "", "signature": "ZmFrZQ=="}] if thought else []
