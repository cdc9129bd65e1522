"""What may stand in system, messages and tools. Raises Refused (400) with the API's reason."""

import re
from collections.abc import Iterable
from typing import Any

from tests.fakes.errors import Refused, bad
from tests.fakes.layout import LIVES

TEXT_FIELDS = {"type", "text", "cache_control", "citations"}
# Who may say what besides text, and what it has to hold.
OTHER_BLOCKS = {
    "image": ("user", ("source",)),
    "document": ("user", ("source",)),
    "tool_result": ("user", ("tool_use_id",)),
    "tool_use": ("assistant", ("id", "name", "input")),
    "thinking": ("assistant", ("signature", "thinking")),
    "redacted_thinking": ("assistant", ("data",)),
}
THOUGHTS = {"thinking", "redacted_thinking"}  # never marked by themselves
ROLES = ("user", "assistant", "system")
CHOICES = {
    "auto": {"type", "disable_parallel_tool_use"},
    "any": {"type", "disable_parallel_tool_use"},
    "tool": {"type", "disable_parallel_tool_use", "name"},
    "none": {"type"},
}
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
    used: set[str] = set()
    for number, message in enumerate(messages):
        check_turn(message, f"messages.{number}")
        check_results(message["content"], used, f"messages.{number}")
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
    if not is_one_of(message.get("role"), ROLES):
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
        check_block(block, message["role"], f"{where}.content.{number}")


def is_one_of(value: object, known: Iterable[str]) -> bool:
    """Whether this is one of the words; lists and objects are none."""
    return isinstance(value, str) and value in known


def check_block(block: object, role: str, where: str) -> None:
    """A content block; closely when it is text, which is all that a judge sends."""
    kind = block.get("type") if isinstance(block, dict) else None
    if not isinstance(block, dict) or not isinstance(kind, str) or kind not in OTHER_BLOCKS:
        check_text(block, where)
        return
    speaker, fields = OTHER_BLOCKS[kind]
    if role != speaker:
        raise bad(f"{where}: {kind} blocks may not stand in a {role} message")
    for name in fields:
        if name not in block:
            raise bad(f"{where}.{kind}.{name}: Field required")
    if kind in THOUGHTS and "cache_control" in block:
        raise bad(f"{where}.{kind}.cache_control: Extra inputs are not permitted")
    check_mark(block.get("cache_control"), f"{where}.cache_control")


def check_results(content: str | list[dict[str, Any]], used: set[str], where: str) -> None:
    """A tool's result comes after its use; ``used`` are the ids so far, and grows."""
    for number, block in enumerate(content if isinstance(content, list) else []):
        if block["type"] == "tool_use":
            used.add(str(block["id"]))
        elif block["type"] == "tool_result" and block["tool_use_id"] not in used:
            raise bad(f"{where}.content.{number}: unexpected `tool_use_id` found in `tool_result`")


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
    if not is_one_of(mark.get("ttl", "5m"), LIVES):
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
        if not isinstance(tool.get("description", ""), str):
            raise bad(f"tools.{number}.custom.description: Input should be a valid string")
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
    if not isinstance(choice, dict) or not isinstance(kind, str) or kind not in CHOICES:
        raise bad("tool_choice.type: Input should be 'auto', 'any', 'tool' or 'none'")
    if extra := sorted(set(choice) - CHOICES[kind]):
        raise bad(f"tool_choice.{kind}.{extra[0]}: Extra inputs are not permitted")
    if not has_tools:
        raise bad("tool_choice: may only be specified while providing tools")
    if kind in {"any", "tool"}:
        raise bad(f'tool_choice: forcing tool use ("{kind}") is not supported by this model')
