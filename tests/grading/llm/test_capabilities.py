import pytest

from grading.llm.calls import Block, Request
from grading.llm.capabilities import REFUSABLE, parameters

SCHEMA = {"type": "object"}


def request(model: str) -> Request:
    blocks = (Block("instructions", "1h"), Block("question", "5m"))
    return Request(model, blocks, "answer", 1_500, SCHEMA, user_id="someone")


@pytest.mark.parametrize(
    ("model", "thinking"),
    [
        ("claude-haiku-5-5", {"type": "disabled"}),
        ("claude-haiku-5-5-20261001", {"type": "disabled"}),
        ("claude-sonnet-5-5", {"type": "between_tools"}),
        ("claude-opus-5-5", None),
        ("qwen3:8b", None),
    ],
)
def test_each_model_is_sent_the_thinking_it_takes(
    model: str, thinking: dict[str, str] | None
) -> None:
    assert parameters(request(model)).get("thinking") == thinking


def test_a_model_that_cannot_stop_thinking_has_room_for_it() -> None:
    assert parameters(request("claude-haiku-5-5"))["max_tokens"] == 1_500
    assert parameters(request("claude-opus-5-5"))["max_tokens"] == 5_500


def test_a_whole_request_in_the_words_of_the_api() -> None:
    assert parameters(request("claude-haiku-5-5")) == {
        "model": "claude-haiku-5-5",
        "max_tokens": 1_500,
        "thinking": {"type": "disabled"},
        "output_config": {
            "effort": "medium",
            "format": {"type": "json_schema", "schema": SCHEMA},
        },
        "system": [
            {
                "type": "text",
                "text": "instructions",
                "cache_control": {"type": "ephemeral", "ttl": "1h"},
            },
            {
                "type": "text",
                "text": "question",
                "cache_control": {"type": "ephemeral", "ttl": "5m"},
            },
        ],
        "messages": [{"role": "user", "content": [{"type": "text", "text": "answer"}]}],
        "metadata": {"user_id": "someone"},
    }


def test_what_a_server_refuses_is_left_out() -> None:
    assert parameters(request("claude-haiku-5-5"), REFUSABLE) == {
        "model": "claude-haiku-5-5",
        "max_tokens": 1_500,
        "system": [
            {"type": "text", "text": "instructions"},
            {"type": "text", "text": "question"},
        ],
        "messages": [{"role": "user", "content": [{"type": "text", "text": "answer"}]}],
    }


def test_a_foreign_model_is_sent_nothing_it_may_not_know() -> None:
    body = parameters(request("qwen3:8b"))
    assert "thinking" not in body
    assert body["output_config"] == {"format": {"type": "json_schema", "schema": SCHEMA}}
