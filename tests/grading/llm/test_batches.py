"""The batches endpoints, over HTTP with the real SDK."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from grading.llm import batches, failures
from grading.llm.batches import Entry
from grading.llm.calls import NO_TOKENS, Asked, Block, Reply, Request
from grading.llm.client import Access, Client
from grading.llm.replay import Replay, hash_of
from tests.fakes.claude_api import ClaudeApi

REQUEST = Request(
    model="claude-haiku-5-5",
    system=(Block("Judge fairly."),),
    user='{"candidate_answer": "Softmax saturates."}',
    max_tokens=500,
)


@pytest.fixture
def client(claude_api: ClaudeApi) -> Client:
    """Batches end when the test says so."""
    claude_api.clock.freeze()
    return Client(Access(api_key="sk-ant-test", base_url=claude_api.url, timeout_seconds=5))


def entries(number: int) -> list[Entry]:
    return [Entry(f"answer-{place}", REQUEST) for place in range(number)]


def test_a_server_without_the_route_is_not_taken_for_one_without_the_model(
    client: Client, claude_api: ClaudeApi
) -> None:
    claude_api.set(lacks=["/v1/messages/batches"])
    with pytest.raises(failures.NoBatches, match="Add batches to VIVA_CLAUDE_WITHOUT") as raised:
        batches.hand_in(client, entries(1))
    assert (raised.value.status, raised.value.next) == (404, failures.Next.PAUSE)
    with pytest.raises(failures.NoBatches):
        batches.newest(client, datetime.now(UTC))


def test_a_batch_is_handed_in_looked_at_and_read(client: Client, claude_api: ClaudeApi) -> None:
    handed_in = batches.hand_in(client, entries(3))
    assert (handed_in.ended, handed_in.size, handed_in.open) == (False, 3, 3)
    claude_api.state.batches.outcomes = {"answer-0": "expired", "answer-1": "errored"}
    claude_api.clock.advance(60)
    ended = batches.look_at(client, handed_in.id)
    assert (ended.id, ended.ended, ended.size, ended.open) == (handed_in.id, True, 3, 0)
    found = {result.custom_id: result for result in batches.results(client, ended.id)}
    assert {name: result.ending for name, result in found.items()} == {
        "answer-0": "expired",
        "answer-1": "errored",
        "answer-2": "succeeded",
    }
    reply = found["answer-2"].reply
    assert reply is not None
    assert (reply.stop_reason, reply.request_id[:4]) == ("end_turn", "msg_")
    assert reply.tokens.output > 0


def test_an_invalid_request_is_told_from_one_that_failed(
    client: Client, claude_api: ClaudeApi
) -> None:
    broken = Entry("broken", replace(REQUEST, schema={"type": "object"}))
    handed_in = batches.hand_in(client, [broken])
    claude_api.clock.advance(60)
    found = batches.results(client, _ended(client, handed_in.id))
    assert [result.ending for result in found] == ["invalid"]


def test_the_newest_batches_are_listed_back_to_a_moment(
    client: Client, claude_api: ClaudeApi
) -> None:
    batches.hand_in(client, entries(1))
    claude_api.clock.advance(100)
    second = batches.hand_in(client, entries(2))
    since = datetime.fromtimestamp(claude_api.clock.now(), UTC) - timedelta(seconds=50)
    assert [(look.id, look.size) for look in batches.newest(client, since)] == [(second.id, 2)]


def test_a_cancelled_batch_ends_with_what_was_not_done(
    client: Client, claude_api: ClaudeApi
) -> None:
    handed_in = batches.hand_in(client, entries(2))
    batches.cancel(client, handed_in.id)
    endings = [result.ending for result in batches.results(client, _ended(client, handed_in.id))]
    assert endings == ["canceled", "canceled"]


def _ended(client: Client, batch_id: str) -> str:
    assert batches.look_at(client, batch_id).ended
    return batch_id


def test_another_keys_batch_is_not_there(client: Client, claude_api: ClaudeApi) -> None:
    handed_in = batches.hand_in(client, entries(1))
    other = Client(Access(api_key="sk-ant-other", base_url=claude_api.url))
    with pytest.raises(failures.NotFound):
        batches.look_at(other, handed_in.id)


def test_a_refused_key_is_our_own_failure(claude_api: ClaudeApi) -> None:
    claude_api.set(refused_keys=["sk-ant-bad"])
    with pytest.raises(failures.KeyRefused):
        batches.hand_in(Client(Access(api_key="sk-ant-bad", base_url=claude_api.url)), entries(1))


def test_an_unreachable_server_is_our_own_failure() -> None:
    with pytest.raises(failures.ConnectionLost):
        batches.hand_in(Client(Access(api_key="k", base_url="http://127.0.0.1:9")), entries(1))


def test_replies_are_given_once_and_to_their_own_request_alone(client: Client) -> None:
    reply = Reply("{}", "end_turn", REQUEST.model, NO_TOKENS)
    replay = Replay(client.access, [(hash_of(REQUEST), reply)])
    other = Request(REQUEST.model, (Block("Judge mildly."),), REQUEST.user, 500)
    with pytest.raises(Asked) as asked:
        replay.send(other)
    assert asked.value.request == other
    assert replay.send(REQUEST) == reply
    with pytest.raises(Asked):
        replay.send(REQUEST)


def test_what_is_cached_makes_no_other_request() -> None:
    kept = Request(REQUEST.model, (Block("Judge fairly.", cache="1h"),), REQUEST.user, 500)
    assert hash_of(kept) == hash_of(REQUEST)
