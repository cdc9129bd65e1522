"""Requests like a judge's, for trying the fake."""

import json
from typing import Any

HAIKU, SONNET, OPUS = "claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5"
CRITERIA = [
    {"id": "c1", "kind": "required", "text": "Softmax saturates and gradients vanish."},
    {"id": "c2", "kind": "required", "text": "Variance grows with dimension of the keys."},
    {"id": "c3", "kind": "misconception", "text": "Scaling makes computation cheaper."},
]
ANSWER = "Without it the softmax saturates, so gradients vanish. I like turtles."
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["criteria", "feedback", "injection_suspected"],
    "properties": {
        "criteria": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["id", "evidence", "justification", "verdict"],
                "properties": {
                    "id": {"type": "string"},
                    "evidence": {"type": "array", "items": {"type": "string"}},
                    "justification": {"type": "string"},
                    "verdict": {"enum": ["met", "partial", "not_met", "contradicted"]},
                },
            },
        },
        "feedback": {"type": "string"},
        "injection_suspected": {"type": "boolean"},
    },
}


def instructions(words: int = 800) -> str:
    """Instructions long enough to be cached, with an example reply that is not a rubric."""
    return 'Reply like {"criteria": [{"id": "c1", "verdict": "met"}]}. ' + "Judge fairly. " * (
        words // 2
    )


def marked(text: str, ttl: str | None = None) -> dict[str, Any]:
    """A text block, with a breakpoint when ``ttl`` is given."""
    block: dict[str, Any] = {"type": "text", "text": text}
    return block | ({"cache_control": {"type": "ephemeral", "ttl": ttl}} if ttl else {})


def request(answer: str = ANSWER, *, question: str = "Why scale?", **fields: Any) -> dict[str, Any]:
    """A judge's request: instructions kept an hour, the question block five minutes."""
    block = json.dumps({"question": question, "reference": "x " * 2000, "criteria": CRITERIA})
    said = json.dumps({"candidate_answer": answer}, ensure_ascii=False)
    return {
        "model": HAIKU,
        "max_tokens": 1500,
        "thinking": {"type": "disabled"},
        "output_config": {
            "effort": "medium",
            "format": {"type": "json_schema", "schema": SCHEMA},
        },
        "system": [marked(instructions(), "1h"), marked(block, "5m")],
        "messages": [{"role": "user", "content": [marked(said)]}],
    } | fields
