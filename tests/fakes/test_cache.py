"""The prompt cache over HTTP: what is read, what is written, for how long, for whom."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anthropic
import pytest
from anthropic.types import Usage

from tests.fakes.claude_api import ClaudeApi
from tests.fakes.gates import AFTER_START, FIRST_BYTE
from tests.fakes.samples import SONNET, instructions, marked, request
from tests.fakes.tokens import count

Claude = anthropic.Anthropic


def billed(usage: Usage) -> tuple[int, int, int]:
    """Read, written for an hour, written for five minutes."""
    made = usage.cache_creation
    return (
        usage.cache_read_input_tokens or 0,
        made.ephemeral_1h_input_tokens if made else 0,
        made.ephemeral_5m_input_tokens if made else 0,
    )


def ask(claude: Claude, **fields: Any) -> tuple[int, int, int]:
    return billed(claude.messages.create(**request(**fields)).usage)


A, B = (count(block["text"]) for block in request()["system"])


def test_the_first_request_writes_and_the_second_reads(claude: Claude) -> None:
    assert ask(claude) == (0, A, B)
    assert ask(claude, answer="Another answer.") == (A + B, 0, 0)


def test_another_question_reads_the_instructions_and_writes_itself(claude: Claude) -> None:
    ask(claude)
    read, hour, five = ask(claude, question="How many heads are there?")
    assert (read, hour) == (A, 0)
    assert five > 0


def test_five_minutes_end_before_the_hour(claude: Claude, claude_api: ClaudeApi) -> None:
    claude_api.clock.freeze()
    ask(claude)
    claude_api.clock.advance(301)
    assert ask(claude) == (A, 0, B)
    claude_api.clock.advance(3601)
    assert ask(claude) == (0, A, B)


def test_a_read_gives_the_entry_its_life_again(claude: Claude, claude_api: ClaudeApi) -> None:
    claude_api.clock.freeze()
    ask(claude)
    for _ in range(3):
        claude_api.clock.advance(299)
        assert ask(claude) == (A + B, 0, 0)


def test_life_counts_from_the_start_of_the_request(claude: Claude, claude_api: ClaudeApi) -> None:
    claude_api.clock.freeze()
    with ThreadPoolExecutor() as pool, claude_api.hold(AFTER_START) as gate:
        slow = pool.submit(ask, claude)
        gate.wait()
        claude_api.clock.advance(299)
        gate.open()
        slow.result()
    claude_api.clock.advance(2)
    assert ask(claude) == (A, 0, B)


def test_a_follower_misses_until_the_leaders_response_begins(
    claude: Claude, claude_api: ClaudeApi
) -> None:
    with ThreadPoolExecutor() as pool, claude_api.hold(FIRST_BYTE, "the leader") as gate:
        leader = pool.submit(ask, claude, answer="the leader")
        gate.wait()
        assert ask(claude, answer="too early") == (0, A, B)
        gate.open()
        leader.result()
    assert ask(claude, answer="in time") == (A + B, 0, 0)


def test_a_follower_reads_as_soon_as_the_leader_streams_its_start(
    claude: Claude, claude_api: ClaudeApi
) -> None:
    with claude_api.hold(AFTER_START, "the leader") as gate:
        leader = claude.messages.create(**request("the leader"), stream=True)
        assert next(leader).type == "message_start"
        assert ask(claude, answer="in time") == (A + B, 0, 0)
        gate.open()
        assert [event.type for event in leader][-1] == "message_stop"


def test_a_leader_that_fails_before_its_start_leaves_nothing(
    claude: Claude, claude_api: ClaudeApi
) -> None:
    claude_api.script("overloaded")
    with pytest.raises(anthropic.OverloadedError):
        ask(claude)
    assert ask(claude) == (0, A, B)


def test_thinking_effort_format_and_model_each_change_the_key(claude: Claude) -> None:
    ask(claude)
    config = request()["output_config"]
    schema = {**config["format"]["schema"], "description": "Another."}
    for change in (
        {"thinking": None},
        {"output_config": {**config, "effort": "low"}},
        {"output_config": {**config, "format": {**config["format"], "schema": schema}}},
        {"model": SONNET, "thinking": {"type": "between_tools"}},
    ):
        assert ask(claude, **change) == (0, A, B)


def test_one_other_byte_is_another_prefix(claude: Claude) -> None:
    ask(claude)
    first, second = request()["system"]
    assert ask(claude, system=[{**first, "text": first["text"] + "."}, second])[0] == 0


def test_each_key_has_a_cache_of_its_own(claude: Claude, claude_api: ClaudeApi) -> None:
    ask(claude)
    with claude_api.client("sk-ant-other") as other:
        assert ask(other) == (0, A, B)


def test_a_prefix_shorter_than_the_models_minimum_is_not_kept(claude: Claude) -> None:
    system = [marked("Be fair. " * 20, "1h")]
    assert ask(claude, system=system) == (0, 0, 0)
    assert ask(claude, system=[marked(instructions(), "1h")], model=SONNET, thinking=None)[1] > 512
    older: dict[str, Any] = {"model": "claude-haiku-4-5", "thinking": None, "output_config": {}}
    assert ask(claude, system=[marked(instructions(), "1h")], **older) == (0, 0, 0)


def test_the_cache_looks_back_twenty_blocks_and_no_further(claude: Claude) -> None:
    first = marked(instructions(), "5m")
    ask(claude, system=[first])
    for added, found in ((19, True), (20, False)):
        rest = [marked(f"block {added} {number}") for number in range(added)]
        rest[-1] = marked("the last", "5m")
        plain = {"type": "text", "text": first["text"]}
        assert (ask(claude, system=[plain, *rest])[0] > 0) is found


def test_a_scripted_miss_reads_nothing(claude: Claude, claude_api: ClaudeApi) -> None:
    ask(claude)
    claude_api.script("miss")
    assert ask(claude) == (0, A, B)
    assert ask(claude) == (A + B, 0, 0)
