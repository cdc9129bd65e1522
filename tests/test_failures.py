"""Every way a call can end, over HTTP with the real SDK: what is done about it, what the ledger
says, and what the candidate is shown. Each with a reply in one piece and with a streamed one, where
what goes wrong comes after the reply has begun, if it can.
"""

import logging
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from grading.models import Grade
from grading.operations.grades import requeue_stuck, run_grade
from grading.operations.queue import LIMIT_PROBE_SECONDS
from interview.models import Answer
from tests.books import differences
from tests.factories import first_grade, make_answer, make_user
from tests.fakes.claude_api import ClaudeApi
from tests.fakes.faults import Fault
from tests.fakes.ticker import Ticker

HAIKU, SONNET = "claude-haiku-5-5", "claude-sonnet-5-5"
ANSWER = "Dot products of long vectors have a large variance, so scores are divided by a root."
SOON = (datetime.now(UTC) + timedelta(days=5)).replace(second=0, microsecond=0)
REGAIN = f"You will regain access on {SOON:%Y-%m-%d} at {SOON:%H:%M} UTC."
USAGE = "You have reached your specified workspace API usage limits."
EMPTY = '{"criteria": [], "feedback": "Good.", "injection_suspected": false}'
UNKNOWN = EMPTY.replace(
    "[]", '[{"id": "c9", "evidence": [], "justification": "", "verdict": "met"}]'
)
BUSY = "The grader has a lot to do just now."
AWAY = "The grader cannot be reached just now."
PAUSED = "Grading is paused for now."
PAUSED_UNTIL = f"Grading is paused until {SOON.day} {SOON:%B}, {SOON:%H:%M} UTC."
SOMETIME, A_MINUTE = (0, 4), (60, 60)  # seconds until the next try: the least and the most

WAITS = {
    # what happens: the fault, the error in the ledger, the wait, an alert, what is shown
    "400 usage limit": (Fault(status=400, message=USAGE), "spend_limit", A_MINUTE, True, PAUSED),
    "400 usage limit until a day": (
        Fault(status=400, message=f"{USAGE} {REGAIN}"),
        "spend_limit",
        (4 * 86_400, 5 * 86_400),
        True,
        PAUSED_UNTIL,
    ),
    "401": ("unauthorized", "key_refused", A_MINUTE, True, PAUSED),
    "402": ("unpaid", "payment_required", A_MINUTE, True, PAUSED),
    "403": ("forbidden", "not_permitted", A_MINUTE, True, PAUSED),
    "404": (Fault(status=404), "not_found", A_MINUTE, True, PAUSED),
    "429": (
        Fault(status=429, headers={"retry-after": "90"}), "rate_limited", (90, 99), False, BUSY
    ),
    "429 spend limit": ("spend_limited", "spend_limit", A_MINUTE, True, PAUSED),
    "408": (Fault(status=408), "request_timeout", SOMETIME, False, AWAY),
    "409": (Fault(status=409), "conflict", SOMETIME, False, AWAY),
    "500": ("server_error", "server_error", SOMETIME, False, AWAY),
    "503": (Fault(status=503), "server_error", SOMETIME, False, AWAY),
    "529": ("overloaded", "overloaded", SOMETIME, False, AWAY),
    "timeout": (Fault(slow=2), "timeout", SOMETIME, False, AWAY),
    "connection dropped before the work": ("dropped", "connection", SOMETIME, False, AWAY),
    "connection dropped after the work": ("lost", "connection", SOMETIME, False, AWAY),
    "connection dropped in the middle": ("cut", "connection", SOMETIME, False, AWAY),
    "overload in the middle": ("mid_stream", "overloaded", SOMETIME, False, AWAY),
    "rate limit in the middle": (
        Fault(error="rate_limit_error"), "rate_limited", SOMETIME, False, BUSY
    ),
}  # fmt: skip
ENDS = {
    # what happens: the fault, the grade's reason, the calls in the ledger, an alert, what is shown
    "400": (
        Fault(status=400),
        "bad_request",
        [(HAIKU, "", "bad_request")],
        True,
        "The grader could not take it in the form it was sent.",
    ),
    "413": (
        Fault(status=413),
        "too_large",
        [(HAIKU, "", "too_large")],
        False,
        "The question and the answer together are longer than the grader can read.",
    ),
    "422": (
        Fault(status=422),
        "unprocessable",
        [(HAIKU, "", "unprocessable")],
        False,
        "The grader could not make anything of what it was sent.",
    ),
    "no criteria": (
        Fault(text=EMPTY, times=2),
        "judge_failed",
        [(HAIKU, "end_turn", "")] * 2,
        False,
        "The grader gave a verdict that does not fit the question's criteria",
    ),
    "unknown criteria": (
        Fault(text=UNKNOWN, times=2),
        "judge_failed",
        [(HAIKU, "end_turn", "")] * 2,
        False,
        "The grader gave a verdict that does not fit the question's criteria",
    ),
    "max_tokens": (
        Fault(stop="max_tokens", times=2),
        "truncated",
        [(HAIKU, "max_tokens", "")] * 2,
        False,
        "The grader's verdict was longer than it may be.",
    ),
    "refusal": (
        Fault(stop="refusal", times=2),
        "refused",
        [(HAIKU, "refusal", ""), (SONNET, "refusal", "")],
        False,
        "The grader declined to judge it.",
    ),
    "no stop reason": (
        Fault(stop="null", times=2),
        "reply_cut",
        [(HAIKU, "none", "")] * 2,
        True,
        "The grader stopped before it had come to a verdict.",
    ),
} | {
    stop: (
        Fault(stop=stop),
        "reply_cut",
        [(HAIKU, stop, "")],
        True,
        "The grader stopped before it had come to a verdict.",
    )
    for stop in ("tool_use", "pause_turn", "stop_sequence", "model_context_window_exceeded")
}
SECOND_TRIES = {
    # what happens at the first try: the calls in the ledger, the room that each is given
    "nothing": (Fault(), [(HAIKU, "end_turn", "")], [1500]),
    "no criteria": (Fault(text=EMPTY), [(HAIKU, "end_turn", "")] * 2, [1500, 1500]),
    "max_tokens": (
        Fault(stop="max_tokens"), [(HAIKU, "max_tokens", ""), (HAIKU, "end_turn", "")], [1500, 3000]
    ),
    "refusal": (
        Fault(stop="refusal"), [(HAIKU, "refusal", ""), (SONNET, "end_turn", "")], [1500, 1500]
    ),
    "no stop reason": (
        Fault(stop="null"), [(HAIKU, "none", ""), (HAIKU, "end_turn", "")], [1500, 1500]
    ),
}  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def api(settings: Settings, claude_api: ClaudeApi) -> ClaudeApi:
    """Claude grades, at the fake, and is not waited for long."""
    settings.GRADING_JUDGE = "claude"
    settings.ANTHROPIC_API_KEY = "sk-ant-secret"
    settings.ANTHROPIC_BASE_URL = claude_api.url
    settings.CLAUDE_TIMEOUT_SECONDS = 0.5
    return claude_api


@pytest.fixture(params=["whole", "streamed"])
def answer(request: pytest.FixtureRequest, settings: Settings) -> Answer:
    """A submitted answer; somebody watches what is written about it, or nobody does."""
    answer = make_answer(make_user(), text=ANSWER)
    if request.param == "streamed":
        Grade.objects.filter(submission=answer.submission).update(watched=True)
    else:
        settings.CLAUDE_WITHOUT = ["cache"]  # who opens a prefix would be streamed
    return answer


def run(answer: Answer) -> Grade:
    run_grade(grade_id=first_grade(answer).pk)
    return first_grade(answer)


def ledger(grade: Grade) -> list[tuple[str, str, str]]:
    return list(grade.calls.values_list("model", "stop_reason", "error"))


def page_of(client: Client, answer: Answer) -> str:
    client.force_login(answer.session.candidate)
    return unescape(client.get(reverse("verdict", args=[answer.public_id])).content.decode())


def alerted(caplog: pytest.LogCaptureFixture) -> bool:
    return any(record.levelno >= logging.ERROR for record in caplog.records)


@pytest.mark.parametrize(("fault", "code", "wait", "alert", "shown"), WAITS.values(), ids=WAITS)
def test_what_passes_or_is_mended_waits_and_is_graded_in_the_end(  # noqa: PLR0917 - pytest passes by name
    client: Client,
    answer: Answer,
    api: ClaudeApi,
    ticker: Ticker,
    caplog: pytest.LogCaptureFixture,
    fault: str | Fault,
    code: str,
    wait: tuple[float, float],
    alert: bool,
    shown: str,
) -> None:
    api.script(fault)
    ticker.advance(1)  # it was stopped before the answer was given
    least, most = wait
    asked_at = timezone.now()
    grade = run(answer)
    assert (grade.state, grade.attempts, grade.score) == ("pending", 0, None)
    waits = (grade.nudged_at - asked_at).total_seconds() + 10
    assert least <= waits <= most + 5
    assert (ledger(grade), differences(api.requests())) == ([(HAIKU, "", code)], [])
    assert alerted(caplog) is alert
    page = page_of(client, answer)
    assert f"{shown} Your answer is safe" in page
    assert "You covered" not in page

    assert requeue_stuck(now=timezone.now() + timedelta(seconds=most + 15)) == 1
    ticker.advance(max(LIMIT_PROBE_SECONDS, most))
    assert run(answer).state == "graded"
    assert ledger(grade) == [(HAIKU, "", code), (HAIKU, "end_turn", "")]
    assert differences(api.requests()) == []
    assert "You covered 1 of 2 points." in page_of(client, answer)


@pytest.mark.parametrize(("fault", "reason", "calls", "alert", "shown"), ENDS.values(), ids=ENDS)
def test_what_never_works_is_ungraded_with_its_reason_and_never_a_zero(  # noqa: PLR0917 - pytest passes by name
    client: Client,
    answer: Answer,
    api: ClaudeApi,
    caplog: pytest.LogCaptureFixture,
    fault: Fault,
    reason: str,
    calls: list[tuple[str, str, str]],
    alert: bool,
    shown: str,
) -> None:
    api.script(fault)
    grade = run(answer)
    assert (grade.state, grade.reason, grade.score) == ("ungraded", reason, None)
    assert (grade.judge, grade.verdicts.count()) == ("claude", 0)
    assert (ledger(grade), differences(api.requests())) == (calls, [])
    assert alerted(caplog) is alert
    page = page_of(client, answer)
    assert f"This answer could not be graded.</strong> {shown}" in page
    assert "It has no score" in page
    assert "You covered" not in page


@pytest.mark.parametrize(("fault", "calls", "room"), SECOND_TRIES.values(), ids=SECOND_TRIES)
def test_one_bad_reply_has_a_second_try(  # noqa: PLR0917 - pytest passes by name
    client: Client,
    answer: Answer,
    api: ClaudeApi,
    fault: Fault,
    calls: list[tuple[str, str, str]],
    room: list[int],
) -> None:
    api.script(fault)
    grade = run(answer)
    assert (grade.state, grade.score, grade.model) == ("graded", 0.6, calls[-1][0])
    assert (ledger(grade), differences(api.requests())) == (calls, [])
    assert [row.body["max_tokens"] for row in api.requests()] == room
    assert "You covered 1 of 2 points." in page_of(client, answer)
