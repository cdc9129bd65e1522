import logging
import os

import pytest

from grading.llm import failures
from grading.llm.calls import Block, Request, Tokens
from grading.llm.client import Access, Client, get_client
from grading.llm.failures import CallFailed, Next
from grading.llm.reading import LONGEST_WAIT, wait_asked
from tests.fakes.claude_api import ClaudeApi
from tests.fakes.faults import Fault

ANSWER = "An answer that nobody else gave."
REQUEST = Request(
    "claude-haiku-5-5", (Block("You grade.", "1h"),), ANSWER, max_tokens=200, user_id="someone"
)


@pytest.fixture
def client(claude_api: ClaudeApi) -> Client:
    return Client(Access("sk-ant-secret", claude_api.url, timeout_seconds=0.5))


@pytest.mark.parametrize(
    "row",
    [
        (Fault(status=400), failures.BadRequest, Next.STOP),
        ("usage_limited", failures.SpendLimitReached, Next.PAUSE),
        ("unauthorized", failures.KeyRefused, Next.PAUSE),
        ("unpaid", failures.PaymentRequired, Next.PAUSE),
        ("forbidden", failures.NotPermitted, Next.PAUSE),
        (Fault(status=404), failures.NotFound, Next.PAUSE),
        (Fault(status=405), failures.NotFound, Next.PAUSE),
        (Fault(status=413), failures.TooLarge, Next.STOP),
        (Fault(status=422), failures.Unprocessable, Next.STOP),
        (Fault(status=418), failures.BadRequest, Next.STOP),
        ("rate_limited", failures.RateLimited, Next.RETRY),
        ("spend_limited", failures.SpendLimitReached, Next.PAUSE),
        (Fault(status=408), failures.RequestTimedOut, Next.RETRY),
        (Fault(status=409), failures.Conflicted, Next.RETRY),
        ("server_error", failures.ServerFailed, Next.RETRY),
        (Fault(status=503), failures.ServerFailed, Next.RETRY),
        ("overloaded", failures.Overloaded, Next.RETRY),
        (Fault(slow=2), failures.CallTimedOut, Next.RETRY),
        ("dropped", failures.ConnectionLost, Next.RETRY),
        ("lost", failures.ConnectionLost, Next.RETRY),
    ],
)
@pytest.mark.parametrize("streamed", [False, True])
def test_each_failure_is_its_own_type(
    client: Client,
    claude_api: ClaudeApi,
    row: tuple[str | Fault, type[CallFailed], Next],
    streamed: bool,
) -> None:
    fault, failure, step = row
    claude_api.script(fault)
    with pytest.raises(CallFailed) as caught:
        client.send(REQUEST, on_start=(lambda: None) if streamed else None)
    assert type(caught.value) is failure
    assert caught.value.next is step
    assert len(claude_api.requests()) == 1, "retried behind our back"
    sent_without_reply = {failures.CallTimedOut, failures.ConnectionLost}
    assert caught.value.cut is (failure in sent_without_reply)


def test_what_may_be_billed_all_the_same_says_so() -> None:
    billed = {kind.code for kind in failures._Passing.__subclasses__() if kind.maybe_billed}
    assert billed == failures.PASSING_CODES
    assert not failures.RateLimited.maybe_billed


def test_no_address_of_our_own_is_the_apis_even_where_the_environment_has_an_empty_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "")
    assert str(Client(Access("key"))._sdk.base_url) == "https://api.anthropic.com"


def test_a_server_that_cannot_be_reached_is_a_lost_connection() -> None:
    with pytest.raises(failures.ConnectionLost) as caught:
        Client(Access("key", "http://127.0.0.1:9", timeout_seconds=1)).send(REQUEST)
    assert not caught.value.cut, "nothing was sent, so nothing can be billed"


def test_a_rate_limit_carries_its_wait_and_the_limits(
    client: Client, claude_api: ClaudeApi
) -> None:
    claude_api.script(
        Fault(
            status=429, headers={"retry-after": "17", "anthropic-ratelimit-tokens-remaining": "0"}
        )
    )
    with pytest.raises(failures.RateLimited) as caught:
        client.send(REQUEST)
    assert (caught.value.wait_seconds, caught.value.limits["tokens-remaining"]) == (17.0, "0")
    assert caught.value.request_id == claude_api.requests()[0].request_id


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ("mid_stream", failures.Overloaded),
        (Fault(error="api_error"), failures.StreamBroken),
        (Fault(error="rate_limit_error"), failures.RateLimited),
        ("cut", failures.ConnectionLost),
    ],
)
def test_an_error_in_the_middle_of_a_stream_knows_what_it_took(
    client: Client, claude_api: ClaudeApi, fault: str | Fault, failure: type[CallFailed]
) -> None:
    claude_api.script(fault)
    with pytest.raises(CallFailed) as caught:
        client.send(REQUEST, on_start=lambda: None)
    assert type(caught.value) is failure
    assert caught.value.tokens.input > 0
    assert caught.value.request_id == claude_api.requests()[0].request_id


def test_a_stream_cut_without_a_word_has_no_stop_reason(
    client: Client, claude_api: ClaudeApi
) -> None:
    claude_api.script(Fault(stop="null"))
    assert client.send(REQUEST, on_start=lambda: None).stop_reason is None


def test_a_streamed_reply_is_the_plain_one_told_piece_by_piece(
    client: Client, claude_api: ClaudeApi
) -> None:
    told: list[str] = []
    plain = client.send(REQUEST)
    streamed = client.send(REQUEST, on_start=lambda: told.append(""), on_text=told.append)
    assert told[0] == ""
    assert "".join(told) == plain.text == streamed.text
    assert (streamed.stop_reason, streamed.tokens) == (plain.stop_reason, plain.tokens)


def test_tokens_are_those_the_server_billed(client: Client, claude_api: ClaudeApi) -> None:
    long = Block("word " * 2_000, "1h")
    request = Request("claude-haiku-5-5", (long,), ANSWER, max_tokens=200)
    replies = [client.send(request), client.send(request, on_start=lambda: None)]
    for reply, exchange in zip(replies, claude_api.requests(), strict=True):
        billed = exchange.billed
        assert reply.tokens == Tokens(
            billed.input, billed.write_5m, billed.write_1h, billed.read, billed.output
        )
    assert replies[0].tokens.cache_write_1h == replies[1].tokens.cache_read > 0


def test_one_client_a_process_and_access() -> None:
    access = Access("key", "http://127.0.0.1:9")
    assert get_client(access) is get_client(Access("key", "http://127.0.0.1:9"))
    assert get_client(access) is not get_client(Access("another", "http://127.0.0.1:9"))
    reading, writing = os.pipe()
    inherited = id(get_client(access))
    child = os.fork()
    if child == 0:
        os.write(writing, b"new" if id(get_client(access)) != inherited else b"old")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 3) == b"new"


@pytest.mark.parametrize("fault", [None, Fault(status=400, message=ANSWER), "dropped"])
def test_neither_key_nor_words_are_logged_at_any_level(
    client: Client,
    claude_api: ClaudeApi,
    caplog: pytest.LogCaptureFixture,
    fault: str | Fault | None,
) -> None:
    if fault is not None:
        claude_api.script(fault)
    with caplog.at_level(logging.DEBUG):
        try:
            client.send(REQUEST)
        except CallFailed as failure:
            logging.getLogger("test").exception("failed", exc_info=failure)
    for secret in (ANSWER, "You grade.", "sk-ant-secret"):
        assert secret not in caplog.text
    assert "sk-ant-secret" not in repr(client.access)


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("2.5", 2.5),
        ("-3", 0.0),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("1e30", LONGEST_WAIT),
        ("inf", LONGEST_WAIT),
        ("Mon, 01 Jan 2024 00:00:00 GMT", 0.0),
        ("Mon, 01 Jan 2024 00:00:00 -0000", 0.0),
        ("Mon, 01 Jan 9024 00:00:00 GMT", LONGEST_WAIT),
        ("1 Jan 99999999999999999999 00:00:00", None),
    ],
)
def test_a_wait_is_a_number_or_a_date_within_reason(asked: str, seconds: float | None) -> None:
    assert wait_asked({"retry-after": asked}) == seconds


def test_there_may_be_no_wait_at_all() -> None:
    assert wait_asked({}) is None


def test_a_server_that_does_not_stream_is_asked_for_the_whole_and_all_is_told_at_once(
    claude_api: ClaudeApi,
) -> None:
    client = Client(Access("key", claude_api.url, without=frozenset({"stream"})))
    told: list[str] = []
    reply = client.send(REQUEST, on_start=lambda: told.append("begun"), on_text=told.append)
    assert told == ["begun", reply.text]
    assert [row.stream for row in claude_api.requests()] == [False]
    claude_api.script("overloaded")
    with pytest.raises(failures.Overloaded):
        client.send(REQUEST, on_start=lambda: told.append("begun"))
    assert told == ["begun", reply.text]
