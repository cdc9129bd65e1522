"""A wrong request fails here, with the reason that the API gives."""

import copy
import json
from typing import Any

import anthropic
import httpx2
import pytest

from tests.fakes.claude_api import ClaudeApi
from tests.fakes.samples import HAIKU, OPUS, SCHEMA, SONNET, instructions, marked, request

Claude = anthropic.Anthropic


def schema_with(**fields: Any) -> dict[str, Any]:
    """Fields of a request whose schema has these at its root."""
    return {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA | fields}}}


def property_of(schema: dict[str, Any]) -> dict[str, Any]:
    """Fields of a request whose schema has one property."""
    return schema_with(properties={"only": schema}, required=["only"])


def turns(*roles: str) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": "Hello"} for role in roles]}


def said(role: str, block: dict[str, Any]) -> dict[str, Any]:
    """Fields of a request in which one of them says this in the middle."""
    middle = {"role": role, "content": [block]}
    return {"messages": [*turns("user")["messages"], middle, *turns("user")["messages"]]}


TOOL = {"name": "grade", "input_schema": {"type": "object"}}
THOUGHT = {"type": "thinking", "thinking": "Hm.", "signature": "ZmFrZQ=="}
BUDGET = {"model": "claude-haiku-4-5", "output_config": {}, "max_tokens": 1500}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"temperature": 0}, "temperature: Extra inputs are not permitted"),
        ({"top_p": 0.5}, "top_p: Extra inputs are not permitted"),
        ({"output_format": {}}, "output_format: Extra inputs are not permitted"),
        ({"max_tokens": 0}, "max_tokens: 0 cannot be combined with output_config.format"),
        ({"max_tokens": 64_001}, "max_tokens: 64001 > 64000"),
        ({"max_tokens": "9"}, "max_tokens: Input should be a valid integer"),
        ({"messages": []}, "at least one message is required"),
        (turns("assistant", "user"), 'first message must use the "user" role'),
        (turns("user", "assistant"), "does not support assistant message prefill"),
        ({"messages": [{"role": "user", "content": [marked(" ")]}]}, "non-whitespace"),
        ({"messages": [{"role": "user", "content": []}]}, "must have non-empty content"),
        ({"system": [marked("")]}, "text content blocks must be non-empty"),
        ({"system": [marked("x", "2h")]}, "ttl: Input should be '5m' or '1h'"),
        ({"system": [marked("x", "5m"), marked("y", "1h")]}, "must not come after a ttl='5m'"),
        ({"system": [marked("x", "5m")] * 5}, "A maximum of 4 blocks with cache_control"),
        ({"tools": [TOOL], "tool_choice": {"type": "any"}}, "forcing tool use"),
        (
            {"tools": [TOOL], "tool_choice": {"type": "tool", "name": "grade"}},
            "forcing tool use",
        ),
        ({"tools": [TOOL, TOOL]}, "Tool names must be unique"),
        ({"model": SONNET}, '"disabled" is not supported by claude-sonnet-5-5'),
        ({"model": OPUS}, '"disabled" is not supported by claude-opus-5-5'),
        ({"thinking": {"type": "between_tools"}}, '"between_tools" is not supported'),
        ({"thinking": {"type": "enabled", "budget_tokens": 2000}}, '"enabled" is not supported'),
        ({"output_config": {"effort": "huge"}}, "effort: 'huge' is not supported"),
        ({"output_config": {"effort": "max"}}, "needs thinking"),
        ({"output_config": {"style": "x"}}, "output_config.style: Extra inputs"),
        ({"metadata": {"name": "x"}}, "metadata: Extra inputs are not permitted"),
        ({"messages": [{"role": "user", "content": "half \ud800"}]}, "no low surrogate"),
        ({"messages": [{"role": ["user"], "content": "x"}]}, "messages.0.role"),
        (said("user", {"type": ["text"]}), "content.0.type"),
        (said("user", {"type": "image"}), "image.source: Field required"),
        (said("user", {"type": "tool_result"}), "tool_result.tool_use_id: Field required"),
        (said("user", {"type": "tool_result", "tool_use_id": "none"}), "unexpected `tool_use_id`"),
        (said("user", THOUGHT), "may not stand in a user message"),
        (said("system", THOUGHT), "may not stand in a system message"),
        (said("assistant", {"type": "image", "source": {}}), "image blocks may not stand"),
        (
            said("assistant", THOUGHT | {"cache_control": {"type": "ephemeral"}}),
            "thinking.cache_control: Extra inputs are not permitted",
        ),
        ({"system": [marked("x") | {"cache_control": {"type": ["x"]}}]}, "'ephemeral'"),
        (
            {"system": [marked("x") | {"cache_control": {"type": "ephemeral", "ttl": ["5m"]}}]},
            "ttl: Input should be '5m' or '1h'",
        ),
        ({"tools": [TOOL], "tool_choice": {"type": "auto", "x": 1}}, "tool_choice.auto.x: Extra"),
        ({"tools": [TOOL | {"description": 1}]}, "description: Input should be a valid string"),
        (BUDGET | {"thinking": {"type": "enabled"}}, "budget_tokens: Field required"),
        (
            BUDGET | {"thinking": {"type": "enabled", "budget_tokens": 10}},
            "greater than or equal to 1024",
        ),
        (
            BUDGET | {"thinking": {"type": "enabled", "budget_tokens": 1500}},
            "`max_tokens` must be greater than `thinking.budget_tokens`",
        ),
        ({"inference_geo": 5}, "inference_geo: Input should be a valid string"),
        ({"output_config": {"effort": ["low"]}}, "is not supported"),
        (schema_with(additionalProperties=True), "must be explicitly set to false"),
        (schema_with(required=["absent"]), "'absent' is not among the properties"),
        (property_of({"type": "string", "maxLength": 9}), "'maxLength' is not supported"),
        (property_of({"type": "number", "minimum": 0}), "'minimum' is not supported"),
        (property_of({"type": "array", "items": {"type": "string"}, "minItems": 1}), "'minItems'"),
        (property_of({"type": "object", "properties": {}}), "must be explicitly set to false"),
        (property_of({"$ref": "#"}), "does not name a definition"),
        (property_of({"type": "text"}), "unknown type 'text'"),
        (property_of({"type": {}}), "unknown type {}"),
        (property_of({"type": "string", "format": []}), "string format [] is not supported"),
        (property_of({"type": "string", "pattern": 5}), "'pattern'"),
        (property_of({"type": "string", "pattern": "^a(?=b)"}), "'pattern'"),
        (property_of({"type": "string", "pattern": r"(a)\1"}), "'pattern'"),
        (property_of({"const": {}}), "'const'"),
        (property_of({"anyOf": []}), "'anyOf' must list schemas"),
        (
            property_of({"allOf": [{"$ref": "#/$defs/a"}]}),
            "'allOf' with '$ref' is not supported",
        ),
        (schema_with(properties=[]), "'properties' must be an object"),
        (schema_with(required="feedback"), "'required' must list"),
        (schema_with(**{"$defs": []}), "'$defs' must be an object"),
        (
            schema_with(
                properties={f"p{number}": {"type": "string"} for number in range(25)}, required=[]
            ),
            "too many optional parameters (25, at most 24)",
        ),
    ],
)
def test_a_wrong_request_is_refused_with_its_reason(
    claude_api: ClaudeApi, change: dict[str, Any], reason: str
) -> None:
    sent = httpx2.post(claude_api.url + "/v1/messages", headers=HEADERS, content=raw(change))
    assert sent.status_code == 400
    assert sent.json()["error"]["type"] == "invalid_request_error"
    assert reason in sent.json()["error"]["message"]
    assert claude_api.log.totals() == {}


HEADERS = {
    "authorization": "Bearer sk-ant-test",
    "anthropic-version": "2026-10-21",
    "content-type": "application/json",
}


def raw(change: dict[str, Any]) -> bytes:
    """JSON as another client than the SDK might send it."""
    return json.dumps(request() | change).encode()


def test_the_sdk_raises_its_own_error_with_the_reason(claude: Claude) -> None:
    with pytest.raises(anthropic.BadRequestError, match="temperature: Extra inputs"):
        claude.messages.create(**request(), extra_body={"temperature": 0})


def test_twenty_four_optional_parameters_are_accepted(claude: Claude) -> None:
    properties = {f"p{number}": {"type": "string"} for number in range(24)}
    fields = schema_with(properties=properties, required=[])
    assert claude.messages.create(**request(**fields)).content[0].text == "{}"


def test_each_model_accepts_its_own_thinking(claude: Claude) -> None:
    for model, thinking in (
        (HAIKU, {"type": "disabled"}),
        (HAIKU, {"type": "adaptive"}),
        (SONNET, {"type": "between_tools"}),
        (OPUS, {"type": "adaptive"}),
    ):
        message = claude.messages.create(**request(model=model, thinking=thinking))
        assert message.stop_reason == "end_turn"


def test_a_warm_up_without_a_format_writes_and_says_nothing(claude: Claude) -> None:
    fields = request(max_tokens=0, output_config={"effort": "medium"})
    message = claude.messages.create(**fields)
    assert (message.content, message.stop_reason) == ([], "max_tokens")
    assert message.usage.cache_creation_input_tokens > 0


def test_a_top_level_mark_counts_among_the_four(claude: Claude) -> None:
    system = [marked(instructions() + str(number), "5m") for number in range(4)]
    claude.messages.create(**request(system=system))
    with pytest.raises(anthropic.BadRequestError, match="Found 5"):
        claude.messages.create(**request(system=system, cache_control={"type": "ephemeral"}))


@pytest.mark.parametrize(
    ("change", "status", "kind"),
    [
        ({"authorization": ""}, 401, "authentication_error"),
        ({"authorization": "", "x-api-key": "sk-ant-test"}, 401, "authentication_error"),
        ({"anthropic-version": "2023-06-01"}, 400, "invalid_request_error"),
        ({"content-type": "text/plain"}, 400, "invalid_request_error"),
    ],
)
def test_headers_are_checked(
    claude_api: ClaudeApi, change: dict[str, str], status: int, kind: str
) -> None:
    sent = httpx2.post(claude_api.url + "/v1/messages", headers=HEADERS | change, content=raw({}))
    assert (sent.status_code, sent.json()["error"]["type"]) == (status, kind)


def test_a_revoked_key_is_401(claude: Claude, claude_api: ClaudeApi) -> None:
    claude_api.set(refused_keys=["sk-ant-test"])
    with pytest.raises(anthropic.AuthenticationError):
        claude.models.retrieve(HAIKU)


def test_an_unknown_model_is_404(claude: Claude) -> None:
    with pytest.raises(anthropic.NotFoundError, match="claude-none"):
        claude.messages.create(**request(model="claude-none"))


def test_a_request_over_32_megabytes_is_413(claude: Claude) -> None:
    with pytest.raises(anthropic.ContentTooLargeError):
        claude.messages.create(**request("x" * 33 * 1024 * 1024))


def test_a_prompt_longer_than_the_context_is_refused(claude: Claude) -> None:
    older: dict[str, Any] = {
        "model": "claude-haiku-4-5",
        "thinking": None,
        "output_config": {},
    }
    with pytest.raises(anthropic.BadRequestError, match="prompt is too long"):
        claude.messages.create(**request("x" * 700_000, **older))


def test_recursive_schemas_are_refused(claude: Claude) -> None:
    node = copy.deepcopy(SCHEMA) | {"properties": {"next": {"$ref": "#/$defs/node"}}}
    node["required"] = ["next"]
    with pytest.raises(anthropic.BadRequestError, match="recursive"):
        claude.messages.create(**request(**schema_with(**node | {"$defs": {"node": node}})))


def test_a_conversation_is_answered_though_an_assistant_has_spoken_in_it(claude: Claude) -> None:
    fields = request()
    first = turns("user", "assistant")["messages"]
    thought = {"role": "assistant", "content": [THOUGHT, marked("Go on.")]}
    for between in (first, [*first[:1], thought]):
        message = claude.messages.create(**fields | {"messages": between + fields["messages"]})
        assert message.stop_reason == "end_turn"


def test_a_tools_result_follows_its_use(claude: Claude) -> None:
    use = {"type": "tool_use", "id": "toolu_1", "name": "grade", "input": {}}
    told = said("assistant", use)
    told["messages"][-1]["content"] = [
        {"type": "tool_result", "tool_use_id": "toolu_1", "content": "It is so."}
    ]
    fields: dict[str, Any] = {"tools": [TOOL], "output_config": {}}
    assert claude.messages.create(**request(**fields, **told)).stop_reason == "end_turn"


def test_what_is_no_json_is_refused(claude_api: ClaudeApi) -> None:
    for content in (b"{", raw({"max_tokens": float("nan")}), b"\xff"):
        sent = httpx2.post(claude_api.url + "/v1/messages", headers=HEADERS, content=content)
        assert (sent.status_code, sent.json()["error"]["type"]) == (400, "invalid_request_error")
        assert "not valid JSON" in sent.json()["error"]["message"]
