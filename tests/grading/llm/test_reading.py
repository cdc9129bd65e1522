"""Servers that speak something else with a straight face."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from grading.llm import batches, failures
from grading.llm.calls import NO_TOKENS, Block, Request
from grading.llm.client import Access, Client
from grading.llm.failures import CallFailed

Say = Callable[[str, bytes], Client]
REQUEST = Request("claude-haiku-5-5", (Block("You grade."),), "answer", max_tokens=100)
STREAM = "text/event-stream"


@pytest.fixture
def say() -> Iterator[Say]:
    """``say(content_type, body)``: a client of a server that answers 200 with this."""
    said: dict[str, bytes] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.do_GET()

        def do_GET(self) -> None:
            ((kind, body),) = said.items()
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("request-id", "req_1")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            """Say nothing in the tests' output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])  # seconds
    thread.start()

    def put(kind: str, body: bytes) -> Client:
        said[kind] = body
        return Client(Access("key", f"http://127.0.0.1:{server.server_port}", timeout_seconds=5))

    yield put
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("kind", ["text/html", "application/json"])
def test_a_proxys_page_is_a_failing_server(say: Say, kind: str, streamed: bool) -> None:
    client = say(kind, b"<html>Bad gateway</html>")
    with pytest.raises(failures.ServerFailed) as raised:
        client.send(REQUEST, on_start=(lambda: None) if streamed else None)
    assert raised.value.cut


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'"words"',
        b'{"status":"ok"}',
        b'{"type":"error","error":{"type":"api_error","message":"No."}}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_message_is_a_failing_server_that_may_have_done_the_work(
    say: Say, body: bytes
) -> None:
    with pytest.raises(failures.ServerFailed) as raised:
        say("application/json", body).send(REQUEST)
    assert raised.value.cut
    assert raised.value.request_id == "req_1"


@pytest.mark.parametrize("kind", ["text/html", "application/json"])
@pytest.mark.parametrize("body", [b"<html>Sign in</html>", b"[]", b'"words"'])
def test_what_is_no_batch_is_a_failing_server(say: Say, kind: str, body: bytes) -> None:
    client = say(kind, body)
    with pytest.raises(failures.ServerFailed):
        batches.hand_in(client, [batches.Entry("answer", REQUEST)])
    with pytest.raises(failures.ServerFailed):
        batches.look_at(client, "batch")
    with pytest.raises(failures.ServerFailed):
        batches.newest(client, datetime.now(UTC))
    with pytest.raises(failures.ServerFailed):
        list(batches.results(client, "batch"))


@pytest.mark.parametrize("result", [{"type": "succeeded", "message": None}, {"type": "errored"}])
def test_a_result_that_holds_nothing_is_one_that_failed_and_keeps_no_other_back(
    say: Say, result: dict[str, object]
) -> None:
    client = say("application/json", b"")
    address = f"{client.access.base_url}/results"
    both = {"id": "batch", "results_url": address, "custom_id": "answer", "result": result}
    say("application/json", json.dumps(both).encode())  # the batch, and the one line of its results
    found = [(one.custom_id, one.ending) for one in batches.results(client, "batch")]
    assert found == [("answer", "errored")]


@pytest.mark.parametrize(
    ("events", "failure"),
    [
        (b"event: message_start\ndata: nonsense\n\n", failures.ServerFailed),
        (b'event: message_start\ndata: {"type":"message_start"}\n\n', failures.StreamBroken),
        (b"event: message_start\ndata: []\n\n", failures.StreamBroken),
        (b"event: message_start\ndata: %s\n\n" % (b"[" * 100_000), failures.ServerFailed),
        (b"", failures.ServerFailed),
    ],
)
def test_a_stream_of_nonsense_is_a_failure_that_passes(
    say: Say, events: bytes, failure: type[CallFailed]
) -> None:
    with pytest.raises(failure) as raised:
        say(STREAM, events).send(REQUEST, on_start=lambda: None)
    assert raised.value.cut


def test_a_message_of_a_server_that_counts_nothing_is_read(say: Say) -> None:
    body = b'{"type":"message","content":[{"type":"text","text":"{}"}],"stop_reason":"end_turn"}'
    reply = say("application/json", body).send(REQUEST)
    assert (reply.text, reply.stop_reason, reply.tokens.output) == ("{}", "end_turn", 0)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (None, ""),
        ("hello", ""),
        (["hello"], ""),
        ([{"type": "text"}], ""),
        ([{"type": "text", "text": None}, {"type": "text", "text": "{}"}], "{}"),
    ],
)
def test_what_is_no_text_is_left_out(say: Say, content: object, text: str) -> None:
    message = {"type": "message", "content": content, "stop_reason": "end_turn"}
    assert say("application/json", json.dumps(message).encode()).send(REQUEST).text == text


def test_what_is_no_word_and_no_number_of_tokens_counts_as_none(say: Say) -> None:
    message = {
        "type": "message",
        "model": 7,
        "content": [],
        "stop_reason": 7,
        "usage": {"input_tokens": -5, "output_tokens": 10**12, "cache_read_input_tokens": "many"},
    }
    reply = say("application/json", json.dumps(message).encode()).send(REQUEST)
    assert (reply.stop_reason, reply.model, reply.tokens) == (None, "", NO_TOKENS)
