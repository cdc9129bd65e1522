"""Each way a call can go wrong, as the real SDK meets it."""

import json

import anthropic
import httpx2
import pytest

from tests.fakes.claude_api import ClaudeApi
from tests.fakes.faults import STOPS, Fault
from tests.fakes.log import Usage
from tests.fakes.samples import OPUS, request

Claude = anthropic.Anthropic


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rate_limited", (anthropic.RateLimitError, 429, None)),
        (
            "spend_limited",
            (anthropic.EnforcedSpendLimitReachedError, 429, "enforced_spend_limit_reached"),
        ),
        ("usage_limited", (anthropic.BadRequestError, 400, None)),
        ("overloaded", (anthropic.OverloadedError, 529, None)),
        ("server_error", (anthropic.InternalServerError, 500, None)),
        ("unauthorized", (anthropic.AuthenticationError, 401, None)),
        ("unpaid", (anthropic.PaymentRequiredError, 402, None)),
        ("forbidden", (anthropic.PermissionDeniedError, 403, None)),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_named_fault_is_its_error_and_costs_nothing(
    claude: Claude, claude_api: ClaudeApi, name: str, expected: object, *, stream: bool
) -> None:
    claude_api.script(name)
    with pytest.raises(anthropic.APIStatusError) as raised:
        claude.messages.create(**request(), stream=stream)
    error = raised.value
    assert (type(error), error.status_code, error.error_code) == expected
    assert error.request_id == claude_api.requests()[0].request_id
    assert claude_api.log.totals() == {}
    assert claude.messages.create(**request()).stop_reason == "end_turn"


@pytest.mark.parametrize("status", [408, 409, 413, 422, 502, 503, 504])
def test_any_other_status_can_be_scripted(
    claude: Claude, claude_api: ClaudeApi, status: int
) -> None:
    claude_api.script({"status": status, "headers": {"retry-after": "7"}})
    with pytest.raises(anthropic.APIStatusError) as raised:
        claude.messages.create(**request())
    assert raised.value.status_code == status
    assert raised.value.response.headers["retry-after"] == "7"


@pytest.mark.parametrize("stream", [False, True])
def test_a_dropped_connection_costs_nothing_and_a_lost_reply_everything(
    claude: Claude, claude_api: ClaudeApi, *, stream: bool
) -> None:
    claude_api.script("dropped", "lost")
    for _ in range(2):
        with pytest.raises(anthropic.APIConnectionError):
            claude.messages.create(**request(), stream=stream)
    dropped, lost = claude_api.requests()
    assert dropped.billed == Usage()
    assert lost.billed.output > 0
    assert {dropped.delivered, lost.delivered} == {"nothing"}
    assert (lost.told, lost.stop_reason) == (Usage(), "end_turn")


def test_a_stream_cut_in_the_middle_is_an_error_of_the_transport_and_billed_so_far(
    claude: Claude, claude_api: ClaudeApi
) -> None:
    claude_api.script("cut")
    stream = claude.messages.create(**request(), stream=True)
    assert next(stream).type == "message_start"
    with pytest.raises(httpx2.RemoteProtocolError):  # the SDK does not wrap it once it streams
        list(stream)
    whole = claude.messages.create(**request()).usage
    cut = claude_api.requests()[0]
    assert 0 < cut.billed.output < whole.output_tokens
    assert cut.delivered == "start"
    assert (cut.told.write_1h, cut.told.output) == (cut.billed.write_1h, 1)


def test_an_error_after_message_start_has_status_200_and_its_type(
    claude: Claude, claude_api: ClaudeApi
) -> None:
    claude_api.script("mid_stream")
    stream = claude.messages.create(**request(), stream=True)
    assert next(stream).type == "message_start"
    with pytest.raises(anthropic.APIStatusError) as raised:
        list(stream)
    assert (raised.value.status_code, raised.value.type) == (200, "overloaded_error")
    assert claude_api.requests()[0].billed.write_1h > 0


def test_without_streaming_the_same_error_is_its_status(
    claude: Claude, claude_api: ClaudeApi
) -> None:
    claude_api.script("mid_stream")
    with pytest.raises(anthropic.OverloadedError):
        claude.messages.create(**request())
    assert claude_api.requests()[0].billed.output > 0


@pytest.mark.parametrize("stop", sorted(STOPS))
@pytest.mark.parametrize("stream", [False, True])
def test_every_stop_reason_can_be_scripted(
    claude: Claude, claude_api: ClaudeApi, stop: str, *, stream: bool
) -> None:
    claude_api.script(Fault(stop=stop))
    if stream:
        with claude.messages.stream(**request()) as opened:
            message = opened.get_final_message()
    else:
        message = claude.messages.create(**request())
    assert message.stop_reason == (None if stop == "null" else stop)
    assert claude_api.requests()[0].stop_reason == message.stop_reason


def test_a_refusal_has_no_content_and_a_category(claude: Claude, claude_api: ClaudeApi) -> None:
    claude_api.script("refusal")
    message = claude.messages.create(**request())
    assert message.content == []
    assert message.stop_details.category == "cyber"
    assert message.usage.cache_creation_input_tokens > 0


def test_a_refusal_shows_no_thinking_either(claude: Claude, claude_api: ClaudeApi) -> None:
    claude_api.script("refusal")
    message = claude.messages.create(**request(model=OPUS, thinking={"type": "adaptive"}))
    assert (message.content, message.usage.output_tokens_details.thinking_tokens) == ([], 0)


def test_a_truncated_reply_is_not_json(claude: Claude, claude_api: ClaudeApi) -> None:
    claude_api.script("truncated")
    message = claude.messages.create(**request())
    assert message.stop_reason == "max_tokens"
    with pytest.raises(json.JSONDecodeError):
        json.loads(message.content[0].text)


def test_a_stream_that_ends_early_ends_silently(claude: Claude, claude_api: ClaudeApi) -> None:
    claude_api.script({"stop": "null"})
    kinds = [event.type for event in claude.messages.create(**request(), stream=True)]
    assert "message_delta" not in kinds
    assert kinds[-1] == "content_block_stop"


def test_a_slow_first_byte_is_a_timeout(claude_api: ClaudeApi) -> None:
    claude_api.script({"slow": 30})
    with (
        claude_api.client(timeout=0.05) as hasty,
        pytest.raises(anthropic.APITimeoutError),
    ):
        hasty.messages.create(**request())


def test_a_fault_waits_for_the_request_that_it_matches(
    claude: Claude, claude_api: ClaudeApi
) -> None:
    claude_api.script({"name": "overloaded", "match": "turtles", "times": 2})
    assert claude.messages.create(**request("Something else.")).stop_reason == "end_turn"
    for _ in range(2):
        with pytest.raises(anthropic.OverloadedError):
            claude.messages.create(**request())
    assert claude.messages.create(**request()).stop_reason == "end_turn"
    assert claude_api.faults.waiting() == 0


def test_a_mix_is_the_same_for_the_same_seed(claude: Claude, claude_api: ClaudeApi) -> None:
    def outcomes() -> list[str]:
        claude_api.faults.mix(0.9, seed=7, kinds=("rate_limited", "overloaded", "refusal"))
        told = []
        for _ in range(40):
            try:
                told.append(str(claude.messages.create(**request()).stop_reason))
            except anthropic.APIStatusError as error:
                told.append(str(error.status_code))
        return told

    first = outcomes()
    assert set(first) == {"429", "529", "refusal", "end_turn"}
    assert outcomes() == first


def test_a_mix_may_fail_nobody_more_often_than_it_is_told(
    claude: Claude, claude_api: ClaudeApi
) -> None:
    claude_api.faults.mix(1.0, kinds=({"name": "rate_limited", "status": 418},), most=2)

    def status(whose: str) -> int:
        try:
            claude.messages.create(**request(metadata={"user_id": whose}))
        except anthropic.APIStatusError as error:
            return error.status_code
        return 200

    assert [status(whose) for whose in "aabaab"] == [418, 418, 418, 200, 200, 418]


def test_a_wrong_request_does_not_use_up_a_fault(claude: Claude, claude_api: ClaudeApi) -> None:
    claude_api.script("overloaded")
    with pytest.raises(anthropic.BadRequestError):
        claude.messages.create(**request(max_tokens=-1))
    assert claude_api.faults.waiting() == 1
