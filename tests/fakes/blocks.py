"""What may stand in system, messages and tools. Raises Refused (400) with the API's reason."""

import re
from typing import Any

from tests.fakes.errors import Refused, bad
from tests.fakes.layout import LIVES

TEXT_FIELDS = {"type", "text", "cache_control", "citations"}
OTHER_BLOCKS = {"tool_use", "tool_result", "thinking", "redacted_thinking", "image", "document"}
TOOL_FIELDS = {
    "name", "input_schema", "description", "cache_control", "type", "strict", "defer_loading",
    "eager_input_streaming", "input_examples", "allowed_callers",
}  # fmt: skip
MESSAGES_ALLOWED = 100_000


def check_system(system: object) -> None:
    """Nothing, a string, or text blocks."""
    if system is None or isinstance(system, str):
        return
    if not isinstance(system, list):
        raise bad("system: Input should be a valid string or list")
    for number, block in enumerate(system):
        check_text(block, f"system.{number}")


def check_messages(messages: object) -> None:
    """Turns that begin and end with the user's."""
    if not isinstance(messages, list):
        raise bad("messages: Input should be a valid list")
    if not messages:
        raise bad("messages: at least one message is required")
    if len(messages) > MESSAGES_ALLOWED:
        raise bad(f"messages: at most {MESSAGES_ALLOWED} messages are allowed")
    for number, message in enumerate(messages):
        check_turn(message, f"messages.{number}")
    if messages[0]["role"] != "user":
        raise bad('messages: first message must use the "user" role')
    if messages[-1]["role"] == "assistant":
        raise bad(
            "This model does not support assistant message prefill. "
            "The conversation must end with a user message."
        )


def check_turn(message: object, where: str) -> None:
    """One message."""
    if not isinstance(message, dict):
        raise bad(f"{where}: Input should be an object")
    if message.get("role") not in {"user", "assistant", "system"}:
        raise bad(f"{where}.role: Input should be 'user', 'assistant' or 'system'")
    if extra := sorted(set(message) - {"role", "content"}):
        raise bad(f"{where}.{extra[0]}: Extra inputs are not permitted")
    content = message.get("content")
    if isinstance(content, str):
        if not content.strip():
            raise bad(f"{where}: {message['role']} messages must have non-empty content")
        return
    if not isinstance(content, list) or not content:
        raise bad(f"{where}: {message['role']} messages must have non-empty content")
    for number, block in enumerate(content):
        check_block(block, f"{where}.content.{number}")


def check_block(block: object, where: str) -> None:
    """A content block; closely when it is text, which is all that a judge sends."""
    kind = block.get("type") if isinstance(block, dict) else None
    if kind not in OTHER_BLOCKS:
        check_text(block, where)
    elif isinstance(block, dict):
        check_mark(block.get("cache_control"), f"{where}.cache_control")


def check_text(block: object, where: str) -> None:
    """A text block: not empty, no field that the API does not know."""
    if not isinstance(block, dict) or block.get("type") != "text":
        raise bad(f"{where}.type: Input should be 'text'")
    if extra := sorted(set(block) - TEXT_FIELDS):
        raise bad(f"{where}.text.{extra[0]}: Extra inputs are not permitted")
    if not isinstance(block.get("text"), str):
        raise bad(f"{where}.text.text: Input should be a valid string")
    if not block["text"]:
        raise bad(f"{where}: text content blocks must be non-empty")
    if not block["text"].strip():
        raise bad(f"{where}: text content blocks must contain non-whitespace text")
    check_mark(block.get("cache_control"), f"{where}.cache_control")


def check_mark(mark: object, where: str) -> None:
    """One ``cache_control``."""
    if mark is None:
        return
    if not isinstance(mark, dict) or mark.get("type") != "ephemeral":
        raise bad(f"{where}.type: Input should be 'ephemeral'")
    if extra := sorted(set(mark) - {"type", "ttl"}):
        raise bad(f"{where}.{extra[0]}: Extra inputs are not permitted")
    if mark.get("ttl", "5m") not in LIVES:
        raise bad(f"{where}.ttl: Input should be '5m' or '1h'")


def check_tools(body: dict[str, Any]) -> None:
    """Tools with a name and a schema, never forced."""
    tools = body.get("tools", [])
    if not isinstance(tools, list):
        raise bad("tools: Input should be a valid list")
    for number, tool in enumerate(tools):
        if not isinstance(tool, dict) or set(tool) - TOOL_FIELDS:
            raise bad(f"tools.{number}: Extra inputs are not permitted")
        if not re.fullmatch(r"[a-zA-Z0-9_-]{1,128}", str(tool.get("name", ""))):
            raise bad(f"tools.{number}.custom.name: String should match the pattern of tool names")
        schema = tool.get("input_schema")
        if not isinstance(schema, dict) or schema.get("type") != "object":
            raise bad(f"tools.{number}.custom.input_schema.type: Input should be 'object'")
        check_mark(tool.get("cache_control"), f"tools.{number}.cache_control")
    names = [tool["name"] for tool in tools]
    if len(names) != len(set(names)):
        raise Refused(400, "tools: Tool names must be unique.", error_code="tool_name_conflict")
    check_choice(body.get("tool_choice"), bool(tools))


def check_choice(choice: object, has_tools: bool) -> None:
    """``tool_choice``: the model decides, or it has none."""
    if choice is None:
        return
    kind = choice.get("type") if isinstance(choice, dict) else None
    if kind not in {"auto", "none", "any", "tool"}:
        raise bad("tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'")
    if not has_tools:
        raise bad("tool_choice: may only be specified while providing tools")
    if kind in {"any", "tool"}:
        raise bad(f'tool_choice: forcing tool use ("{kind}") is not supported by this model')
