"""The server itself: many streams at once, its admin pages, and starting it by hand."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anthropic
import httpx2
import pytest

from tests.fakes.claude_api import ClaudeApi
from tests.fakes.gates import AFTER_START, FIRST_BYTE
from tests.fakes.log import Usage
from tests.fakes.samples import HAIKU, request

Claude = anthropic.Anthropic


def admin(api: ClaudeApi, page: str, said: Any = None) -> Any:
    """An admin page's reply; POST when there is something to say."""
    url = f"{api.url}/_fake/{page}"
    reply = httpx2.get(url) if said is None else httpx2.post(url, json=said)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_many_streams_are_held_open_at_once(claude: Claude, claude_api: ClaudeApi) -> None:
    def read(number: int) -> str | None:
        with claude.messages.stream(**request(f"Answer {number}.")) as stream:
            return stream.get_final_message().stop_reason

    with ThreadPoolExecutor(96) as pool, claude_api.hold(AFTER_START) as gate:
        replies = pool.map(read, range(96))
        gate.wait(96)
        assert gate.waiting == 96
        gate.open()
        assert list(replies) == ["end_turn"] * 96
    assert claude_api.log.totals()[HAIKU]["requests"] == 96


def test_a_reply_takes_its_latency_and_begins_after_a_quarter(
    claude: Claude, claude_api: ClaudeApi
) -> None:
    claude_api.set(latency=0.4)
    claude.messages.create(**request())
    exchange = claude_api.requests()[0]
    assert exchange.began is not None
    assert exchange.ended is not None
    assert exchange.began - exchange.started >= 0.1
    assert exchange.ended - exchange.started >= 0.399


def test_a_client_that_hangs_up_is_billed_for_what_was_said(
    claude: Claude, claude_api: ClaudeApi
) -> None:
    with claude_api.hold(AFTER_START) as gate:
        stream = claude.messages.create(**request(), stream=True)
        next(stream)
        gate.wait()
        stream.close()
    whole = claude.messages.create(**request()).usage
    left = claude_api.requests()[0]
    assert left.delivered == "start"
    assert left.billed.write_1h > 0
    assert left.billed.output < whole.output_tokens


def test_who_has_gone_before_the_reply_was_told_nothing(
    claude_api: ClaudeApi,
) -> None:
    with (
        claude_api.hold(FIRST_BYTE, "turtles") as gate,
        claude_api.client(timeout=0.2) as hasty,
        pytest.raises(anthropic.APITimeoutError),
    ):
        hasty.messages.create(**request())
    gate.open()
    with claude_api.client() as patient:
        patient.messages.create(**request("Something else."))
    gone = claude_api.requests()[0]
    assert (gone.delivered, gone.told, gone.billed.output > 0) == ("nothing", Usage(), True)


def test_faults_replies_and_settings_can_be_scripted_over_http(
    claude: Claude, claude_api: ClaudeApi
) -> None:
    assert admin(claude_api, "script", ["overloaded", {"status": 429}]) == {"waiting": 2}
    for error in (anthropic.OverloadedError, anthropic.RateLimitError):
        with pytest.raises(error):
            claude.messages.create(**request())
    admin(claude_api, "judge", {"contains": "turtles", "reply": "Yes."})
    assert claude.messages.create(**request()).content[0].text == "Yes."
    admin(claude_api, "settings", {"refused_keys": ["sk-ant-test"]})
    with pytest.raises(anthropic.AuthenticationError):
        claude.messages.create(**request())


def test_a_mix_of_faults_can_be_set_over_http(claude: Claude, claude_api: ClaudeApi) -> None:
    admin(claude_api, "mix", {"share": 1, "seed": 1, "kinds": ["unpaid"]})
    with pytest.raises(anthropic.PaymentRequiredError):
        claude.messages.create(**request())


def test_the_log_and_the_accounts_are_told_over_http(claude: Claude, claude_api: ClaudeApi) -> None:
    usage = claude.messages.create(**request()).usage
    row = admin(claude_api, "log?bodies=1")[0]
    assert (row["status"], row["delivered"]) == (200, "everything")
    assert row["body"] == claude_api.requests()[0].raw.decode()
    assert "body" not in admin(claude_api, "log")[0]
    accounts = admin(claude_api, "accounts")
    assert accounts["billed"][HAIKU]["output"] == usage.output_tokens
    assert accounts["prefixes"] == {row["prefix"]: {"requests": 1, "hits": 0, "writes": 1}}


def test_time_and_gates_can_be_moved_over_http(claude: Claude, claude_api: ClaudeApi) -> None:
    frozen = admin(claude_api, "clock", {"freeze": True})["now"]
    assert admin(claude_api, "clock", {"advance": 10})["now"] == frozen + 10
    gate = admin(claude_api, "hold", {"stage": FIRST_BYTE, "match": "turtles"})
    with ThreadPoolExecutor() as pool:
        reply = pool.submit(lambda: claude.messages.create(**request()))
        claude_api.state.gates[gate["id"]].wait()
        assert admin(claude_api, f"hold?id={gate['id']}") == {"waiting": 1}
        admin(claude_api, "release", gate)
        assert reply.result().stop_reason == "end_turn"


def test_a_reset_forgets_everything_but_the_settings(claude: Claude, claude_api: ClaudeApi) -> None:
    admin(claude_api, "settings", {"rpm": 50})
    admin(claude_api, "script", ["overloaded"])
    with pytest.raises(anthropic.OverloadedError):
        claude.messages.create(**request())
    admin(claude_api, "reset", {})
    assert claude_api.log.exchanges == []
    assert claude.messages.create(**request()).usage.cache_read_input_tokens == 0
    assert claude_api.state.settings.rpm == 50


@pytest.mark.parametrize(
    ("page", "said", "reason"),
    [
        ("script", ["nonsense"], "KeyError"),
        ("script", [{"stop": "nonsense"}], "unknown stop reason"),
        ("hold", {"stage": "nonsense"}, "unknown stage"),
        ("settings", {"rpm": 0}, "at least 1"),
        ("nonsense", {}, "KeyError"),
    ],
)
def test_a_wrong_admin_request_says_so(
    claude_api: ClaudeApi, page: str, said: Any, reason: str
) -> None:
    reply = httpx2.post(f"{claude_api.url}/_fake/{page}", json=said)
    assert reply.status_code == 400
    assert reason in reply.json()["error"]


def test_a_dropped_connection_is_in_the_log(claude: Claude, claude_api: ClaudeApi) -> None:
    claude_api.script("dropped")
    with pytest.raises(anthropic.APIConnectionError):
        claude.messages.create(**request())
    exchange = claude_api.requests()[0]
    assert (exchange.error, exchange.billed) == ("dropped before", Usage())


def test_it_can_be_started_by_hand() -> None:
    command = [sys.executable, "-m", "tests.fakes.claude_api", "--port", "0", "--latency", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own command, no shell
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        with anthropic.Anthropic(api_key="any", base_url=url, max_retries=0) as client:
            assert client.messages.create(**request()).stop_reason == "end_turn"
        process.terminate()
        assert process.wait(30) == 0


def test_a_port_that_is_taken_is_said(claude_api: ClaudeApi) -> None:
    with (
        pytest.raises(RuntimeError, match="is it taken"),
        ClaudeApi(port=claude_api.port),
    ):
        pass
