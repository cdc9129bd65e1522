"""Batches through the real SDK: taken at once, answered later, told in no order."""

import json
from typing import Any

import anthropic
import pytest

from tests.fakes.claude_api import ClaudeApi
from tests.fakes.samples import HAIKU, request

Claude = anthropic.Anthropic


@pytest.fixture(autouse=True)
def stopped_clock(claude_api: ClaudeApi) -> None:
    """Batches end when the test says so."""
    claude_api.clock.freeze()


def rows(number: int) -> list[Any]:
    return [
        {"custom_id": f"answer-{n}", "params": request(f"Answer {n}: softmax saturates.")}
        for n in range(number)
    ]


def finish(claude: Claude, claude_api: ClaudeApi, batch_id: str) -> dict[str, Any]:
    """Results by custom id once the batch has had its time."""
    claude_api.clock.advance(60)
    return {row.custom_id: row.result for row in claude.messages.batches.results(batch_id)}


def test_a_batch_is_answered_later_in_another_order(claude: Claude, claude_api: ClaudeApi) -> None:
    batch = claude.messages.batches.create(requests=rows(20))
    assert (batch.processing_status, batch.results_url) == ("in_progress", None)
    assert batch.request_counts.processing == 20
    results = finish(claude, claude_api, batch.id)
    ended = claude.messages.batches.retrieve(batch.id)
    assert ended.processing_status == "ended"
    assert ended.request_counts.succeeded == 20
    assert ended.results_url == f"{claude_api.url}/v1/messages/batches/{batch.id}/results"
    assert sorted(results) == sorted(row["custom_id"] for row in rows(20))
    assert list(results) != [row["custom_id"] for row in rows(20)]
    reply = json.loads(results["answer-7"].message.content[0].text)
    assert reply["criteria"][0]["evidence"] == ["Answer 7: softmax saturates."]
    assert results["answer-7"].message.usage.service_tier == "batch"


def test_there_are_no_results_before_the_end(claude: Claude) -> None:
    batch = claude.messages.batches.create(requests=rows(1))
    with pytest.raises(anthropic.AnthropicError, match="in_progress"):
        claude.messages.batches.results(batch.id)


def test_parameters_are_validated_when_it_is_worked_on(
    claude: Claude, claude_api: ClaudeApi
) -> None:
    wrong: list[Any] = [{"custom_id": "wrong", "params": request() | {"temperature": 0}}]
    batch = claude.messages.batches.create(requests=[*wrong, *rows(1)])
    results = finish(claude, claude_api, batch.id)
    assert results["wrong"].type == "errored"
    assert results["wrong"].error.error.type == "invalid_request_error"
    assert results["answer-0"].type == "succeeded"
    counts = claude.messages.batches.retrieve(batch.id).request_counts
    assert (counts.errored, counts.succeeded, counts.processing) == (1, 1, 0)


@pytest.mark.parametrize(
    ("requests", "reason"),
    [
        ([], "1 to 100000"),
        ([{"custom_id": "has space", "params": {}}], "String should match"),
        ([{"custom_id": "x" * 65, "params": {}}], "String should match"),
        ([{"custom_id": "a", "params": {}}, {"custom_id": "a", "params": {}}], "unique"),
        ([{"custom_id": "a"}], "custom_id and params alone"),
        ([{"custom_id": 7, "params": {}}], "String should match"),
        ([{"custom_id": "a\n", "params": {}}], "String should match"),
    ],
)
def test_the_envelope_is_validated_at_once(
    claude: Claude, requests: list[Any], reason: str
) -> None:
    with pytest.raises(anthropic.BadRequestError, match=reason):
        claude.messages.batches.create(requests=requests)


def test_items_end_as_they_are_told(claude: Claude, claude_api: ClaudeApi) -> None:
    claude_api.state.batches.outcomes = {"answer-0": "expired", "answer-1": "errored"}
    claude_api.script({"stop": "refusal", "match": "answer-2"})
    batch = claude.messages.batches.create(requests=rows(4))
    results = finish(claude, claude_api, batch.id)
    kinds = {name: result.type for name, result in results.items()}
    assert kinds == {
        "answer-0": "expired",
        "answer-1": "errored",
        "answer-2": "succeeded",
        "answer-3": "succeeded",
    }
    assert results["answer-1"].error.error.type == "api_error"
    assert results["answer-2"].message.stop_reason == "refusal"


def test_a_cancelled_batch_ends_with_its_items_cancelled(
    claude: Claude, claude_api: ClaudeApi
) -> None:
    batch = claude.messages.batches.create(requests=rows(2))
    assert claude.messages.batches.cancel(batch.id).processing_status == "canceling"
    results = finish(claude, claude_api, batch.id)
    assert {result.type for result in results.values()} == {"canceled"}
    assert claude_api.log.totals() == {}


def test_what_takes_over_a_day_expires(claude: Claude, claude_api: ClaudeApi) -> None:
    claude_api.set(batch_seconds=100_000)
    batch = claude.messages.batches.create(requests=rows(2))
    claude_api.clock.advance(86_399)
    assert claude.messages.batches.retrieve(batch.id).processing_status == "in_progress"
    claude_api.clock.advance(1)
    assert claude.messages.batches.retrieve(batch.id).request_counts.expired == 2


def test_results_are_kept_29_days(claude: Claude, claude_api: ClaudeApi) -> None:
    batch = claude.messages.batches.create(requests=rows(1))
    finish(claude, claude_api, batch.id)
    claude_api.clock.advance(29 * 86_400)
    kept = claude.messages.batches.retrieve(batch.id)
    assert (kept.results_url, kept.archived_at is None) == (None, False)


def test_batches_are_listed_newest_first_page_by_page(claude: Claude) -> None:
    made = [claude.messages.batches.create(requests=rows(1)).id for _ in range(5)]
    first = claude.messages.batches.list(limit=2)
    assert ([batch.id for batch in first.data], first.has_more) == ([made[4], made[3]], True)
    assert [batch.id for batch in claude.messages.batches.list(limit=2)] == made[::-1]


@pytest.mark.parametrize("limit", ["0", "1001", "many"])
def test_a_page_of_another_size_is_refused(claude: Claude, limit: Any) -> None:
    with pytest.raises(anthropic.BadRequestError, match="limit"):
        claude.messages.batches.list(limit=limit)


def test_an_ended_batch_can_be_deleted(claude: Claude, claude_api: ClaudeApi) -> None:
    batch = claude.messages.batches.create(requests=rows(1))
    with pytest.raises(anthropic.BadRequestError):
        claude.messages.batches.delete(batch.id)
    finish(claude, claude_api, batch.id)
    claude.messages.batches.delete(batch.id)
    with pytest.raises(anthropic.NotFoundError):
        claude.messages.batches.retrieve(batch.id)


def test_a_server_may_not_know_the_route(claude: Claude, claude_api: ClaudeApi) -> None:
    """It says so in its own words: other servers have no errors of this API's form."""
    claude_api.set(lacks=["/v1/messages/batches"])
    with pytest.raises(anthropic.NotFoundError, match="page not found"):
        claude.messages.batches.list()
    assert claude.models.retrieve(HAIKU).id == HAIKU


def test_another_keys_batch_is_not_found(claude: Claude, claude_api: ClaudeApi) -> None:
    batch = claude.messages.batches.create(requests=rows(1))
    with claude_api.client("sk-ant-other") as other, pytest.raises(anthropic.NotFoundError):
        other.messages.batches.retrieve(batch.id)


def test_a_batch_costs_half_and_reads_the_cache_most_of_the_time(
    claude: Claude, claude_api: ClaudeApi
) -> None:
    batch = claude.messages.batches.create(requests=rows(50))
    results = finish(claude, claude_api, batch.id)
    told = [result.message.usage for result in results.values()]
    total = claude_api.log.totals()[HAIKU]
    hits = sum(usage.cache_creation_input_tokens == 0 for usage in told)
    assert 35 <= hits < 50
    assert total["read"] == sum(usage.cache_read_input_tokens for usage in told)
    assert total["output"] == sum(usage.output_tokens for usage in told)
    exchange = claude_api.log.messages()[0]
    assert exchange.custom_id == "answer-0"
    assert exchange.billed.cost(HAIKU, "batch") * 2 == exchange.billed.cost(HAIKU, "standard")
