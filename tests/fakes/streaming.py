"""A message as the API streams it: the order and the contents of its events."""

from collections.abc import Iterator
from typing import Any

from tests.fakes.replies import Reply

PIECES = 6  # deltas a text is sent in: enough to be a stream, few enough to be cheap


def beginning(reply: Reply) -> list[dict[str, Any]]:
    """``message_start``, which says what the input costs, and a ping."""
    return [
        {"type": "message_start", "message": reply.message(started_only=True)},
        {"type": "ping"},
    ]


def deltas(reply: Reply) -> Iterator[list[dict[str, Any]]]:
    """The content's events in groups, each of which is sent at one time."""
    for index, block in enumerate(reply.content):
        start = {"type": "content_block_start", "index": index, "content_block": opened(block)}
        stop = {"type": "content_block_stop", "index": index}
        parts = [
            {"type": "content_block_delta", "index": index, "delta": delta}
            for delta in changes(block)
        ]
        yield [start, *parts[:1]]
        for part in parts[1:]:
            yield [part]
        yield [stop]


def opened(block: dict[str, Any]) -> dict[str, Any]:
    """A block as it is before its first delta."""
    if block["type"] == "text":
        return block | {"text": ""}
    if block["type"] == "thinking":
        return block | {"signature": ""}
    return block | {"input": {}}


def changes(block: dict[str, Any]) -> list[dict[str, Any]]:
    """The deltas that make up a block."""
    if block["type"] == "thinking":
        return [{"type": "signature_delta", "signature": block["signature"]}]
    if block["type"] == "tool_use":
        return [{"type": "input_json_delta", "partial_json": "{}"}]
    text = block["text"]
    size = max(1, -(-len(text) // PIECES))
    return [
        {"type": "text_delta", "text": text[at : at + size]} for at in range(0, len(text), size)
    ]


def ending(reply: Reply) -> list[dict[str, Any]]:
    """``message_delta`` with the final usage, then ``message_stop``."""
    message = reply.message()
    usage = message["usage"]
    return [
        {
            "type": "message_delta",
            "delta": {
                "stop_reason": message["stop_reason"],
                "stop_sequence": message["stop_sequence"],
                "stop_details": message["stop_details"],
                "container": None,
            },
            "usage": {
                name: usage[name]
                for name in (
                    "input_tokens",
                    "cache_creation_input_tokens",
                    "cache_read_input_tokens",
                    "output_tokens",
                    "output_tokens_details",
                )
            },
        },
        {"type": "message_stop"},
    ]
