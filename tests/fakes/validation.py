"""Is this request one that the Messages API accepts? Raises Refused with the API's reason."""

import re
from collections.abc import Mapping
from typing import Any

from tests.fakes.blocks import check_mark, check_messages, check_system, check_tools
from tests.fakes.catalogue import CATALOGUE, OFF, THINKING, WITH_THINKING_ONLY, Model
from tests.fakes.errors import Refused, bad
from tests.fakes.formats import check_format
from tests.fakes.layout import lay_out

VERSION = "2026-10-21"
BREAKPOINTS_ALLOWED = 4
REQUIRED = ("model", "max_tokens", "messages")
FIELDS = {
    *REQUIRED,
    "cache_control", "container", "diagnostics", "inference_geo", "metadata", "output_config",
    "service_tier", "speed", "stop_sequences", "stream", "system", "thinking", "tool_choice",
    "tools",
}  # fmt: skip
USER_ID_LENGTH = 256
LEAST_BUDGET = 1024


def check_headers(headers: Mapping[str, str], refused_keys: set[str]) -> str:
    """The API key of an acceptable request; header names in lower case."""
    bearer = re.fullmatch(r"Bearer (\S+)", headers.get("authorization", ""))
    if bearer is None:
        raise Refused(401, "authorization: a Bearer token is required")
    if bearer[1] in refused_keys:
        raise Refused(401, "invalid bearer token")
    if "anthropic-version" not in headers:
        raise bad("anthropic-version: header is required")
    if headers["anthropic-version"] != VERSION:
        raise bad(f'anthropic-version: "{headers["anthropic-version"]}" is not a valid version')
    return bearer[1]


def check_encoding(body: object) -> None:
    """Raises Refused (400) on text that has no UTF-8, such as half a surrogate pair."""
    try:
        for text in texts(body):
            text.encode()
    except UnicodeEncodeError:
        raise bad("The request body is not valid JSON: no low surrogate in string") from None


def texts(value: object) -> list[str]:
    """Every string in a JSON value, keys as well."""
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in texts(part)]
    return [value] if isinstance(value, str) else []


def check_message(body: object, *, counting: bool = False) -> Model:
    """The model that a valid request asks for; ``counting`` for requests that only count tokens."""
    if not isinstance(body, dict):
        raise bad("Input should be an object")
    check_encoding(body)
    for name in REQUIRED:
        if name not in body and not (counting and name == "max_tokens"):
            raise bad(f"{name}: Field required")
    if extra := sorted(set(body) - FIELDS):
        raise bad(f"{extra[0]}: Extra inputs are not permitted")
    if not isinstance(body["model"], str):
        raise bad("model: Input should be a valid string")
    model = CATALOGUE.get(body["model"])
    if model is None:
        raise Refused(404, f"model: {body['model']}")
    check_tools(body)
    check_system(body.get("system"))
    check_messages(body["messages"])
    check_breakpoints(body)
    check_thinking(body, model)
    check_output(body, model)
    check_small_fields(body)
    if not counting:
        check_length(body, model)
    return model


def check_length(body: dict[str, Any], model: Model) -> None:
    """``max_tokens``, and the warm-up that 0 stands for."""
    wanted = body["max_tokens"]
    if type(wanted) is not int:
        raise bad("max_tokens: Input should be a valid integer")
    if wanted < 0:
        raise bad("max_tokens: Input should be greater than or equal to 0")
    if wanted > model.max_tokens:
        raise bad(
            f"max_tokens: {wanted} > {model.max_tokens}, which is the maximum allowed number of "
            f"output tokens for {model.id}"
        )
    if wanted == 0 and (body.get("output_config") or {}).get("format"):
        raise bad("max_tokens: 0 cannot be combined with output_config.format")
    if wanted == 0 and body.get("stream"):
        raise bad("max_tokens: 0 cannot be combined with stream")


def check_thinking(body: dict[str, Any], model: Model) -> None:
    """The thinking setting, by model."""
    thinking = body.get("thinking")
    if thinking is None:
        return
    if not isinstance(thinking, dict) or thinking.get("type") not in THINKING:
        raise bad(f"thinking.type: Input should be one of {', '.join(THINKING)}")
    kind = thinking["type"]
    allowed = {"type"} | ({"display"} if kind in {"adaptive", "enabled"} else set())
    allowed |= {"budget_tokens"} if kind == "enabled" else set()
    if extra := sorted(set(thinking) - allowed):
        raise bad(f"thinking.{kind}.{extra[0]}: Extra inputs are not permitted")
    if kind not in model.thinking:
        raise bad(f'thinking.type: "{kind}" is not supported by {model.id}')
    if kind == "enabled":
        check_budget(thinking, body.get("max_tokens"))


def check_budget(thinking: dict[str, Any], most: object) -> None:
    """What may be thought, of what may be said."""
    if "budget_tokens" not in thinking:
        raise bad("thinking.enabled.budget_tokens: Field required")
    budget = thinking["budget_tokens"]
    if type(budget) is not int or budget < LEAST_BUDGET:
        raise bad(
            "thinking.enabled.budget_tokens: "
            f"Input should be greater than or equal to {LEAST_BUDGET}"
        )
    if type(most) is int and budget >= most:
        raise bad("`max_tokens` must be greater than `thinking.budget_tokens`")


def check_output(body: dict[str, Any], model: Model) -> None:
    """Effort by model, and the format's schema."""
    config = body.get("output_config")
    if config is None:
        return
    if not isinstance(config, dict):
        raise bad("output_config: Input should be an object")
    if extra := sorted(set(config) - {"effort", "format"}):
        raise bad(f"output_config.{extra[0]}: Extra inputs are not permitted")
    effort = config.get("effort")
    if effort is not None and effort not in model.efforts:
        raise bad(f"output_config.effort: {effort!r} is not supported by {model.id}")
    if effort in WITH_THINKING_ONLY and (body.get("thinking") or {}).get("type") in OFF:
        raise bad(f"output_config.effort: {effort!r} needs thinking, which this request turns off")
    if config.get("format") is not None:
        check_format(config["format"])


def check_breakpoints(body: dict[str, Any]) -> None:
    """At most four marks, those for an hour before those for five minutes."""
    check_mark(body.get("cache_control"), "cache_control")
    lives = [block.ttl for block in lay_out(body) if block.ttl is not None]
    if len(lives) > BREAKPOINTS_ALLOWED:
        raise bad(
            f"A maximum of {BREAKPOINTS_ALLOWED} blocks with cache_control may be provided. "
            f"Found {len(lives)}."
        )
    if lives != sorted(lives, reverse=True):
        raise bad("a ttl='1h' cache_control block must not come after a ttl='5m' one")


def check_small_fields(body: dict[str, Any]) -> None:
    """The fields of one line each."""
    if type(body.get("stream", False)) is not bool:
        raise bad("stream: Input should be a valid boolean")
    if body.get("service_tier", "auto") not in {"auto", "standard_only"}:
        raise bad("service_tier: Input should be 'auto' or 'standard_only'")
    if not isinstance(body.get("inference_geo"), str | None):
        raise bad("inference_geo: Input should be a valid string")
    if body.get("speed") not in {None, "standard", "fast"}:
        raise bad("speed: Input should be 'standard' or 'fast'")
    stops = body.get("stop_sequences", [])
    if not isinstance(stops, list) or not all(isinstance(s, str) and s.strip() for s in stops):
        raise bad("stop_sequences: each stop sequence must contain non-whitespace")
    metadata = body.get("metadata", {})
    if not isinstance(metadata, dict) or set(metadata) - {"user_id"}:
        raise bad("metadata: Extra inputs are not permitted")
    user_id = metadata.get("user_id")
    if user_id is not None and not (isinstance(user_id, str) and len(user_id) <= USER_ID_LENGTH):
        raise bad(f"metadata.user_id: String should have at most {USER_ID_LENGTH} characters")
