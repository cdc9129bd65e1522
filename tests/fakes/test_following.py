"""The fake writes follow-up questions, and takes no request for one that is not of the form."""

import json
from typing import Any

import anthropic
import pytest

from tests.fakes.samples import HAIKU

Claude = anthropic.Anthropic
TOLD = {
    "question": "Why is attention scaled by the key dimension?",
    "candidate_answer": "Scores grow.",
    "missing_point": "The softmax saturates.",
    "standing": "not_met",
    "reference": "",
}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["question"],
    "properties": {"question": {"type": "string"}},
}


def asked(text: str, schema: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
    form = {"type": "json_schema", "schema": schema or SCHEMA}
    return {
        "model": HAIKU,
        "max_tokens": 500,
        "thinking": {"type": "disabled"},
        "output_config": {"format": form},
        "system": "Ask about the missing_point.",
        "messages": [{"role": "user", "content": text}],
    } | fields


def test_a_follow_up_is_written_in_the_words_of_the_question(claude: Claude) -> None:
    message = claude.messages.create(**asked(json.dumps(TOLD)))
    assert json.loads(message.content[0].text) == {
        "question": "What does your answer leave open about this: "
        "Why is attention scaled by the key dimension?"
    }


TEXT = json.dumps(TOLD)
OTHER_SCHEMA = SCHEMA | {"required": [], "properties": {"questions": {"type": "string"}}}
TURNS = [{"role": "user", "content": TEXT}, {"role": "assistant", "content": "So?"}]


@pytest.mark.parametrize(
    "request_",
    [
        asked(f"Here: {TEXT}"),
        asked(json.dumps(TOLD | {"notes": "Be kind."})),
        asked(json.dumps({**TOLD, "reference": None})),
        asked(json.dumps(dict(reversed(TOLD.items())))),
        asked(json.dumps(TOLD | {"standing": "met"})),
        asked(json.dumps(TOLD | {"missing_point": " "})),
        asked(TEXT, OTHER_SCHEMA),
        asked(TEXT, system="Ask something."),
        asked(TEXT, messages=[*TURNS, TURNS[0]]),
    ],
)
def test_a_request_of_another_form_is_refused(claude: Claude, request_: dict[str, Any]) -> None:
    with pytest.raises(anthropic.BadRequestError):
        claude.messages.create(**request_)
