"""The interviewer behind the fake: writes a follow-up question, for a request that is one."""

import json
from typing import Any

from tests.fakes import reading
from tests.fakes.errors import bad
from tests.fakes.layout import as_blocks

FIELDS = ("question", "candidate_answer", "missing_point", "standing", "reference")
STANDINGS = {"partial", "not_met", "contradicted"}
REPLY = {"question": "string"}
WORDS = 9


def follow_up(body: dict[str, Any]) -> str | None:
    """A question in the words of the first one; None for any other request.

    Raises Refused (400) for a request that speaks of a missing point and is not exactly of the form
    that one has: one user turn, one JSON object of these five texts, one reply of one text.
    """
    turns = body["messages"]
    if not any('"missing_point"' in reading.text_of(turn) for turn in turns):
        return None
    blocks = as_blocks(turns[0]["content"])
    if len(turns) != 1 or turns[0]["role"] != "user" or len(blocks) != 1:
        raise bad("messages: a follow-up is asked for in one turn of one block")
    told = parse(blocks[0]["text"])
    check_reply(body)
    if "missing_point" not in system_of(body):
        raise bad("system: what a missing point is has not been said")
    asked = told["question"].split()[:WORDS]
    return f"What does your answer leave open about this: {' '.join(asked).rstrip('?')}?"


def parse(text: str) -> dict[str, str]:
    """The five texts, and nothing before, after or beside them."""
    try:
        told = json.loads(text)
    except ValueError:
        raise bad("messages: the turn is not one JSON object") from None
    if tuple(told) != FIELDS or not all(isinstance(value, str) for value in told.values()):
        raise bad(f"messages: the turn has to hold {', '.join(FIELDS)}, each a text")
    if told["standing"] not in STANDINGS or not told["missing_point"].strip():
        raise bad("messages: no point is missing")
    return dict(told)


def check_reply(body: dict[str, Any]) -> None:
    """One text is asked for, where the request says in which form."""
    form = (body.get("output_config") or {}).get("format")
    if form is None:
        return
    schema = form["schema"]
    asked = {name: part.get("type") for name, part in schema["properties"].items()}
    if asked != REPLY or schema.get("required") != list(REPLY):
        raise bad("output_config.format: a follow-up is one question")


def system_of(body: dict[str, Any]) -> str:
    """The system prompt, whole."""
    return "\n".join(block["text"] for block in as_blocks(body.get("system") or []))
