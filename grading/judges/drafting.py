"""Criteria drafted by Claude: what is sent, and what of the reply is taken."""

import json
from decimal import Decimal
from typing import Any, Final

from grading.grader.material import Criterion, Kind
from grading.judges.parsing import InvalidReply, parse_object
from grading.judges.prompt import as_inert_json, read_prompt
from grading.llm.calls import Block, Reply, Request

MOST_CRITERIA: Final = 10
MOST_MISCONCEPTIONS: Final = 4
LONGEST: Final = 300  # characters of one
HEAVIEST: Final = 3
MAX_TOKENS: Final = 2_000

SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["criteria", "misconceptions"],
    "properties": {
        "criteria": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["text", "kind", "weight"],
                "properties": {
                    "text": {"type": "string"},
                    "kind": {"type": "string", "enum": ["required", "bonus"]},
                    "weight": {"type": "integer", "enum": [1, 2, 3]},
                },
            },
        },
        "misconceptions": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["text", "weight"],
                "properties": {
                    "text": {"type": "string"},
                    "weight": {"type": "integer", "enum": [1, 2, 3]},
                },
            },
        },
    },
}


def draft_version() -> str:
    return read_prompt("draft")[0]


def draft_request(
    *, question: str, reference_answer: str, model: str, effort: str, spell_out_schema: bool
) -> Request:
    words = read_prompt("draft")[1]
    if spell_out_schema:
        words += f"\n\n# Form\n\nReply with one JSON object of this schema: {json.dumps(SCHEMA)}"
    asked = {"question": question, "reference_answer": reference_answer}
    return Request(
        model=model,
        system=(Block(words),),  # asked now and then: nothing is worth keeping
        user=as_inert_json(asked),
        max_tokens=MAX_TOKENS,
        schema=SCHEMA,
        effort=effort,
    )


def read_draft(reply: Reply, *, spelt_out: bool = False) -> tuple[Criterion, ...]:
    """Criteria, then misconceptions, in the order written. Raises `InvalidReply`: a draft is taken
    whole or not at all. `spelt_out` as in `parse_object`."""
    if reply.stop_reason != "end_turn":
        raise InvalidReply("It did not come to its end.")
    said = parse_object(reply.text, spelt_out=spelt_out)
    asked = _rows(said.get("criteria"), MOST_CRITERIA)
    beliefs = [row | {"kind": "misconception"} for row in _rows(
        said.get("misconceptions"), MOST_MISCONCEPTIONS
    )]  # fmt: skip
    found = tuple(
        _criterion(f"c{number}", row) for number, row in enumerate([*asked, *beliefs], start=1)
    )
    if any(row.kind is Kind.MISCONCEPTION for row in found[: len(asked)]):
        raise InvalidReply("A misconception stands among its criteria.")
    if not any(row.kind is Kind.REQUIRED for row in found):
        raise InvalidReply("It requires nothing.")
    if len({row.text.casefold() for row in found}) < len(found):
        raise InvalidReply("It says a thing twice.")
    return found


def _rows(value: object, most: int) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise InvalidReply("It holds no list of criteria.")
    if len(value) > most:
        raise InvalidReply("It is too long.")
    return value


def _criterion(key: str, row: dict[str, Any]) -> Criterion:
    text, weight, kind = row.get("text"), row.get("weight"), row.get("kind")
    if not isinstance(text, str) or not 0 < len(words := " ".join(text.split())) <= LONGEST:
        raise InvalidReply(f"{key} says nothing, or too much.")
    if isinstance(weight, bool) or weight not in range(1, HEAVIEST + 1):
        raise InvalidReply(f"The weight of {key} is none of ours.")
    try:
        return Criterion(key, words, Kind(str(kind).strip().casefold()), Decimal(str(weight)))
    except ValueError:
        raise InvalidReply(f"The kind of {key} is none of ours.") from None
