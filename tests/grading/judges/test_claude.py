import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from grading.grader.verdict import Mark
from grading.judges.base import JudgeError, JudgeUnavailable, RetryLater, Unjudgeable
from grading.judges.claude import ClaudeJudge, Models
from grading.judges.hooks import Hooks
from grading.llm.calls import CallRecord, Request
from grading.llm.client import Access, Client
from tests.fakes.claude_api import ClaudeApi
from tests.fakes.faults import Fault
from tests.grading.grader.material import answered
from tests.grading.judges.test_prompt import ATTACKS, CHANNELS, written_everywhere

HAIKU, SONNET = "claude-haiku-5-5", "claude-sonnet-5-5"
USAGE = "You have reached your specified workspace API usage limits."
IN_A_DAY = datetime.now(UTC) + timedelta(days=1)
REGAIN = f"You will regain access on {IN_A_DAY:%Y-%m-%d} at {IN_A_DAY:%H:%M} UTC."
ABOUT_A_DAY = pytest.approx(86_400, abs=3_600)  # less what the tests before this one took
ANSWER = "Dot products of longer vectors have a larger variance, so the scores grow."
MATERIAL = answered(ANSWER)
EMPTY = '{"criteria": [], "feedback": "Good.", "injection_suspected": false}'

Make = Callable[..., ClaudeJudge]


@pytest.fixture
def calls() -> list[CallRecord]:
    return []


@pytest.fixture
def make(claude_api: ClaudeApi, calls: list[CallRecord]) -> Make:
    """``make(streamed=True, first=…, other=…, without={…}, …)``"""

    def made(  # noqa: PLR0917 - all by keyword
        streamed: bool = False,
        first: str = HAIKU,
        other: str = SONNET,
        without: frozenset[str] = frozenset(),
        keep_question: bool = False,
        before_call: Callable[[Request], None] | None = None,
    ) -> ClaudeJudge:
        start = (lambda: None) if streamed else None
        return ClaudeJudge(
            Client(Access("key", claude_api.url, timeout_seconds=5, without=without)),
            Models(first, other),
            Hooks(record=calls.append, before_call=before_call, on_start=start),
            user_id="opaque",
            keep_question=keep_question,
        )

    return made


def told(calls: list[CallRecord]) -> list[tuple[str, str, str]]:
    return [(call.model, call.stop_reason, call.error) for call in calls]


def test_a_judgement_with_its_evidence_and_its_usage(
    make: Make, calls: list[CallRecord], claude_api: ClaudeApi
) -> None:
    judgement = make().judge(MATERIAL)
    first = judgement.verdicts[0]
    assert (first.mark, [ANSWER[s.start : s.end] for s in first.evidence]) == (Mark.MET, [ANSWER])
    assert [verdict.mark for verdict in judgement.verdicts[1:]] == [Mark.NOT_MET] * 3
    billed = claude_api.requests()[0].billed
    usage = judgement.usage
    assert (usage.input_tokens, usage.cache_write_tokens) == (billed.input, billed.write_1h)
    assert (usage.output_tokens, judgement.model) == (billed.output, HAIKU)
    assert abs(usage.micro_dollars - float(billed.cost(HAIKU, "standard"))) <= 0.5
    assert told(calls) == [(HAIKU, "end_turn", "")]
    assert (calls[0].request_id, calls[0].prompt_version) == ("req_fake00000001", "claude-1")


def test_what_is_sent_is_pinned_by_model_and_opaque(make: Make, claude_api: ClaudeApi) -> None:
    make().judge(MATERIAL)
    body = claude_api.requests()[0].body
    assert (body["model"], body["thinking"]) == (HAIKU, {"type": "disabled"})
    assert (body["output_config"]["effort"], body["metadata"]) == ("medium", {"user_id": "opaque"})
    assert "temperature" not in body


def test_the_prefix_is_byte_for_byte_the_same_and_read_from_the_cache(
    make: Make, calls: list[CallRecord], claude_api: ClaudeApi
) -> None:
    for text in (ANSWER, "Something else about softmax.", "A third one."):
        make(keep_question=True).judge(answered(text))
    assert len({json.dumps(row.body["system"]) for row in claude_api.requests()}) == 1
    read = [call.tokens.cache_read for call in calls]
    written = [call.tokens.cache_write for call in calls]
    assert (read[0], written[1:]) == (0, [0, 0])
    assert read[1] == read[2] == written[0] == calls[0].tokens.cache_write
    assert calls[0].tokens.cache_write_5m > 0
    assert calls[0].tokens.cache_write_1h > 0


def test_a_lone_answer_does_not_pay_for_keeping_its_question(
    make: Make, calls: list[CallRecord]
) -> None:
    make().judge(MATERIAL)
    assert (calls[0].tokens.cache_write_5m, calls[0].tokens.cache_write_1h > 0) == (0, True)


@pytest.mark.parametrize(
    ("fault", "streamed", "first"),
    [
        (Fault(text=EMPTY), False, (HAIKU, "end_turn", "")),
        (Fault(text="I would rather not."), False, (HAIKU, "end_turn", "")),
        (Fault(stop="max_tokens"), False, (HAIKU, "max_tokens", "")),
        (Fault(stop="null"), True, (HAIKU, "none", "")),
        (Fault(stop="refusal"), False, (HAIKU, "refusal", "")),
    ],
)
def test_one_bad_reply_has_a_second_try(  # noqa: PLR0917 - pytest passes by name
    make: Make,
    calls: list[CallRecord],
    claude_api: ClaudeApi,
    fault: Fault,
    streamed: bool,
    first: tuple[str, str, str],
) -> None:
    claude_api.script(fault)
    judgement = make(streamed=streamed).judge(MATERIAL)
    by = SONNET if fault.stop == "refusal" else HAIKU
    assert told(calls) == [first, (by, "end_turn", "")]
    assert (judgement.verdicts[0].mark, judgement.model) == (Mark.MET, by)
    assert judgement.usage.output_tokens == sum(call.tokens.output for call in calls)


@pytest.mark.parametrize(
    ("fault", "streamed", "reason", "made"),
    [
        (Fault(text=EMPTY, times=2), False, "judge_failed", 2),
        (Fault(stop="max_tokens", times=2), False, "truncated", 2),
        (Fault(stop="null", times=2), True, "reply_cut", 2),
        (Fault(stop="refusal", times=2), False, "refused", 2),
        (Fault(stop="tool_use"), False, "reply_cut", 1),
        (Fault(stop="pause_turn"), False, "reply_cut", 1),
        (Fault(stop="stop_sequence"), False, "reply_cut", 1),
        (Fault(stop="model_context_window_exceeded"), False, "reply_cut", 1),
    ],
)
def test_the_second_bad_reply_is_the_last(  # noqa: PLR0917 - pytest passes by name
    make: Make,
    calls: list[CallRecord],
    claude_api: ClaudeApi,
    fault: Fault,
    streamed: bool,
    reason: str,
    made: int,
) -> None:
    claude_api.script(fault)
    with pytest.raises(Unjudgeable) as caught:
        make(streamed=streamed).judge(MATERIAL)
    assert (caught.value.reason, len(calls), claude_api.faults.waiting()) == (reason, made, 0)


def test_a_truncated_reply_is_given_twice_the_room(make: Make, claude_api: ClaudeApi) -> None:
    claude_api.script("truncated")
    make().judge(MATERIAL)
    assert [row.body["max_tokens"] for row in claude_api.requests()] == [1500, 3000]


def test_without_another_model_a_refusal_is_final(
    make: Make, calls: list[CallRecord], claude_api: ClaudeApi
) -> None:
    claude_api.script("refusal")
    with pytest.raises(Unjudgeable):
        make(other=HAIKU).judge(MATERIAL)
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("fault", "family", "code", "wait"),
    [
        (Fault(status=400), Unjudgeable, "bad_request", None),
        (Fault(status=400, message=USAGE), JudgeUnavailable, "spend_limit", 60.0),
        (
            Fault(status=400, message=f"{USAGE} {REGAIN}"),
            JudgeUnavailable,
            "spend_limit",
            ABOUT_A_DAY,
        ),
        ("unauthorized", JudgeUnavailable, "key_refused", 60.0),
        ("unpaid", JudgeUnavailable, "payment_required", 60.0),
        ("forbidden", JudgeUnavailable, "not_permitted", 60.0),
        (Fault(status=404), JudgeUnavailable, "not_found", 60.0),
        (Fault(status=413), Unjudgeable, "too_large", None),
        (Fault(status=422), Unjudgeable, "unprocessable", None),
        (Fault(status=429, headers={"retry-after": "9"}), RetryLater, "rate_limited", 9.0),
        ("spend_limited", JudgeUnavailable, "spend_limit", 60.0),
        (Fault(status=408), RetryLater, "request_timeout", None),
        (Fault(status=409), RetryLater, "conflict", None),
        ("server_error", RetryLater, "server_error", None),
        ("overloaded", RetryLater, "overloaded", None),
        ("dropped", RetryLater, "connection", None),
    ],
)
def test_what_has_to_wait_or_to_end_is_raised_and_recorded(  # noqa: PLR0917 - pytest passes by name
    make: Make,
    calls: list[CallRecord],
    claude_api: ClaudeApi,
    fault: str | Fault,
    family: type[JudgeError],
    code: str,
    wait: float | None,
) -> None:
    claude_api.script(fault)
    with pytest.raises(family) as caught:
        make().judge(MATERIAL)
    assert told(calls) == [(HAIKU, "", code)]
    assert getattr(caught.value, "wait_seconds", None) == wait


def test_a_judge_that_may_not_call_does_not(make: Make, claude_api: ClaudeApi) -> None:
    def refuse(_: Request) -> None:
        raise PermissionError

    with pytest.raises(PermissionError):
        make(before_call=refuse).judge(MATERIAL)
    assert claude_api.requests() == []


def test_a_server_that_refuses_every_extra_is_asked_without(
    make: Make, claude_api: ClaudeApi
) -> None:
    without = frozenset({"thinking", "effort", "format", "cache", "metadata"})
    claude_api.answer(reply="```json\n" + EMPTY.replace("[]", json.dumps(_rows())) + "\n```")
    assert make(without=without).judge(MATERIAL).feedback == "Good."
    body = claude_api.requests()[0].body
    assert set(body) == {"model", "max_tokens", "system", "messages"}
    assert '"additionalProperties": false' in body["system"][0]["text"]


def _rows() -> list[dict[str, object]]:
    rest: dict[str, object] = {"evidence": [], "justification": "", "verdict": "not_met"}
    return [{"id": key} | rest for key in ("c1", "c2", "c3", "c4")]


@pytest.mark.parametrize(
    ("fault", "alerts"),
    [
        (Fault(status=400), ["Call req_fake00000001 failed: bad_request, status 400"]),
        ("unauthorized", ["Call req_fake00000001 failed: key_refused, status 401"]),
        ("spend_limited", ["Call req_fake00000001 failed: spend_limit, status 429"]),
        (Fault(stop="tool_use"), ["Call req_fake00000001 ended with the stop reason tool_use"]),
        ("overloaded", []),
        ("rate_limited", []),
        (Fault(stop="refusal", times=2), []),
    ],
)
def test_what_a_person_has_to_mend_is_logged_as_an_error(
    make: Make,
    claude_api: ClaudeApi,
    caplog: pytest.LogCaptureFixture,
    fault: str | Fault,
    alerts: list[str],
) -> None:
    claude_api.script(fault)
    with pytest.raises(JudgeError):
        make().judge(MATERIAL)
    logged = [row.getMessage() for row in caplog.records if row.levelname == "ERROR"]
    assert logged == alerts


def shape(part: object) -> object:
    """What is left of a request without its words."""
    if isinstance(part, dict):
        return {key: shape(value) for key, value in part.items()}
    if isinstance(part, list):
        return [shape(value) for value in part]
    return type(part)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("attack", ATTACKS, ids=range(len(ATTACKS)))
def test_no_words_change_the_shape_of_what_goes_over_the_wire(
    make: Make, claude_api: ClaudeApi, attack: str, channel: str
) -> None:
    plain, attacked = written_everywhere("")[channel], written_everywhere(attack)[channel]
    for material in (plain, attacked):
        judged = make().judge(material)
        assert [v.criterion_id for v in judged.verdicts] == [c.id for c in material.criteria]
    first, second = (row.body for row in claude_api.requests())
    first_schema, second_schema = (body["output_config"] for body in (first, second))
    assert first_schema == second_schema
    assert shape(first) == shape(second)
