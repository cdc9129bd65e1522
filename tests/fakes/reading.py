"""What the scripted judge understands of a request: the criteria and the candidate's answer."""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from tests.fakes.layout import as_blocks


def criteria(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Criteria of the question block: the last JSON in the prompt that lists some with ids."""
    prompt = "\n".join(block["text"] for block in as_blocks(body.get("system") or []))
    return list(criteria_in(prompt) or criteria_in(user_text(body)))


@lru_cache(maxsize=64)
def criteria_in(text: str) -> tuple[dict[str, Any], ...]:
    """The last object in the text with a list of ``criteria`` whose items have ids."""
    found: tuple[dict[str, Any], ...] = ()
    for value in json_in(text):
        rows = value.get("criteria")
        if isinstance(rows, list) and rows and all(is_criterion(row) for row in rows):
            found = tuple(rows)
    return found


def is_criterion(row: object) -> bool:
    """An id and something that says what is asked, which an example of a reply lacks."""
    return isinstance(row, dict) and "id" in row and bool(wording(row))


def wording(row: dict[str, Any]) -> str:
    """The criterion in words."""
    return str(row.get("text") or row.get("criterion") or row.get("description") or "")


def json_in(text: str) -> Iterator[dict[str, Any]]:
    """Every JSON object that stands in a text, outermost only."""
    decoder = json.JSONDecoder()
    position = text.find("{")
    while position >= 0:
        try:
            value, end = decoder.raw_decode(text, position)
        except ValueError:
            end = position + 1
        else:
            yield value
        position = text.find("{", end)


def user_text(body: dict[str, Any]) -> str:
    """All text of the last user turn."""
    turns = [message for message in body["messages"] if message["role"] == "user"]
    return text_of(turns[-1])


def text_of(turn: dict[str, Any]) -> str:
    """All text of a turn, whoever's it is."""
    return "\n".join(block.get("text", "") for block in as_blocks(turn["content"]))


def candidate_answer(body: dict[str, Any]) -> str:
    """What the candidate said; the whole user turn when it is not the JSON of an answer."""
    return field(body, "candidate_answer")


def field(body: dict[str, Any], name: str) -> str:
    """That text of the JSON in the user turn; the whole turn where there is none."""
    said = user_text(body)
    for value in json_in(said):
        if isinstance(value.get(name), str):
            return str(value[name])
    return said


def sentences(text: str) -> list[str]:
    """Verbatim pieces of a text, each fit to be a quote."""
    return [piece for piece in (m[0].strip() for m in re.finditer(r"[^.!?\n]+[.!?]?", text))
            if piece]  # fmt: skip
