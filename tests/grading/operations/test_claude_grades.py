"""Grades by Claude, over HTTP with the real SDK. How calls fail is in tests/test_failures.py."""

import logging
import uuid
from datetime import datetime
from typing import Any
from unittest.mock import ANY

import pytest
from django.db.models import F
from pytest_django.fixtures import Settings

from grading.models import Grade, ModelCall, Rubric
from grading.operations import backoff, claims, running
from grading.operations.backoff import TRIES
from grading.operations.grades import request_grade, run_grade
from grading.operations.judging import opaque_id
from grading.operations.queue import LIMIT_PROBE_SECONDS
from grading.operations.trial import try_rubric
from tests.fakes.claude_api import ClaudeApi
from tests.fakes.faults import Fault
from tests.fakes.ticker import Ticker

HAIKU, SONNET = "claude-haiku-5-5", "claude-sonnet-5-5"
ANSWER = "Dot products of long vectors have a large variance, so scores are divided by a root."


def ledger(grade: Grade) -> list[tuple[str, str, str]]:
    return list(grade.calls.values_list("model", "stop_reason", "error"))


def run(rubric: Rubric, answer: str = ANSWER) -> Grade:
    grade = request_grade(rubric=rubric, text=answer)
    run_grade(grade_id=grade.pk)
    grade.refresh_from_db()
    return grade


def test_a_grade_by_claude_with_its_line_in_the_ledger(
    rubric: Rubric, claude_grades: ClaudeApi
) -> None:
    grade = run(rubric)
    assert (grade.state, grade.judge, grade.model) == ("graded", "claude", HAIKU)
    assert (grade.prompt_version, grade.score) == ("claude-1", 0.6)
    marks = [(row.criterion.key, row.mark) for row in grade.verdicts.all()]
    assert marks == [("c1", "met"), ("c2", "not_met"), ("c3", "not_met")]
    start, end = grade.verdicts.first().evidence[0]  # type: ignore[union-attr]  # it is there
    assert ANSWER[start:end] == ANSWER
    billed = (exchange := claude_grades.requests()[0]).billed
    assert list(grade.calls.values()) == [
        {
            "id": ANY,
            "grade_id": grade.pk,
            "account_id": None,
            "model": HAIKU,
            "prompt_version": "claude-1",
            "input_tokens": billed.input,
            "cache_write_5m_tokens": billed.write_5m,
            "cache_write_1h_tokens": billed.write_1h,
            "cache_read_tokens": billed.read,
            "output_tokens": billed.output,
            "micro_dollars": round(billed.cost(HAIKU, "standard")),
            "milliseconds": ANY,
            "request_id": exchange.request_id,
            "stop_reason": "end_turn",
            "error": "",
            "batched": False,
            "lost_claim": None,
            "created_at": ANY,
        }
    ]
    assert exchange.body["metadata"] == {"user_id": opaque_id(grade.submission.public_id)}


def fail(grade: Grade, times: int) -> None:
    for _ in range(times):
        assert run_grade(grade_id=grade.pk) is None


def test_six_failures_that_pass_are_enough_where_others_have_their_answers(
    rubric: Rubric, claude_grades: ClaudeApi
) -> None:
    claude_grades.script(*["overloaded", "server_error"] * 2, "overloaded")
    grade = request_grade(rubric=rubric, text=ANSWER)
    fail(grade, TRIES - 1)
    run(rubric, "Something else, which is answered.")
    claude_grades.script("server_error")
    ended = run_grade(grade_id=grade.pk)
    assert ended is not None
    assert (ended.state, ended.reason, ended.score) == ("ungraded", "judge_away", None)
    assert grade.calls.count() == TRIES


def test_an_answer_waits_on_while_the_model_answers_nobody(
    rubric: Rubric, claude_grades: ClaudeApi, ticker: Ticker
) -> None:
    run(rubric, "Something else, answered before.")
    claude_grades.script(*["overloaded"] * 2 * TRIES)
    grade = request_grade(rubric=rubric, text=ANSWER)
    for _ in range(2 * TRIES):  # with time for the breaker to let one call through
        fail(grade, 1)
        ticker.advance(LIMIT_PROBE_SECONDS)
    grade.refresh_from_db()
    assert (grade.state, grade.waiting_for) == ("pending", "away")
    run_grade(grade_id=grade.pk)
    grade.refresh_from_db()
    assert (grade.state, grade.calls.count()) == ("graded", 2 * TRIES + 1)


def test_six_failures_that_may_be_billed_are_enough_whoever_has_an_answer(
    rubric: Rubric, claude_grades: ClaudeApi
) -> None:
    claude_grades.script(*["dropped"] * TRIES)
    grade = request_grade(rubric=rubric, text=ANSWER)
    fail(grade, TRIES - 1)
    ended = run_grade(grade_id=grade.pk)
    assert ended is not None
    assert (ended.state, ended.reason) == ("ungraded", "judge_away")


def test_after_a_day_without_the_model_it_is_enough(
    rubric: Rubric, claude_grades: ClaudeApi
) -> None:
    claude_grades.script(*["overloaded"] * TRIES)
    grade = request_grade(rubric=rubric, text=ANSWER)
    fail(grade, TRIES - 1)
    ModelCall.objects.update(created_at=F("created_at") - backoff.AWAY_AT_MOST)
    ended = run_grade(grade_id=grade.pk)
    assert ended is not None
    assert (ended.state, ended.reason) == ("ungraded", "judge_away")


def test_slowing_down_and_waiting_for_a_person_are_no_tries(
    rubric: Rubric, claude_grades: ClaudeApi, ticker: Ticker
) -> None:
    claude_grades.script(*["rate_limited", "unauthorized", "spend_limited"] * 3)
    grade = request_grade(rubric=rubric, text=ANSWER)
    for _ in range(9):
        assert run_grade(grade_id=grade.pk) is None
        ticker.advance(LIMIT_PROBE_SECONDS)
    assert run_grade(grade_id=grade.pk) is not None
    assert grade.calls.count() == 10


@pytest.mark.parametrize("tries", range(1, 10))
def test_waits_grow_to_five_minutes_and_no_further(tries: int) -> None:
    assert backoff.backoff(tries, lambda: 1.0) == min(4 * 2 ** (tries - 1), 300)
    assert backoff.backoff(tries, lambda: 0.0) == 0


def test_calls_made_in_vain_are_kept_when_another_worker_took_over(
    rubric: Rubric, claude_grades: ClaudeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    grade = request_grade(rubric=rubric, text=ANSWER)
    finish = running.finish

    def lose(*claim_and_outcome: Any, **fields: Any) -> Grade | None:
        Grade.objects.filter(pk=grade.pk).update(state=Grade.State.PENDING, claim=None)
        return finish(*claim_and_outcome, **fields)

    monkeypatch.setattr(running, "finish", lose)
    assert run_grade(grade_id=grade.pk) is None
    assert ledger(grade) == [(HAIKU, "end_turn", "")]


def test_a_worker_that_lost_its_lease_makes_no_call(
    rubric: Rubric, claude_grades: ClaudeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(*held: Any, **words: Any) -> None:
        Grade.objects.update(claim=uuid.uuid4())
        claims.hold(*held, **words)

    monkeypatch.setattr(running, "hold", lose)
    assert run(rubric).state == "running"
    assert claude_grades.requests() == []


def test_every_call_renews_the_lease(
    rubric: Rubric, claude_grades: ClaudeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    leases: set[datetime | None] = set()

    def note(*held: Any, **words: Any) -> None:
        claims.hold(*held, **words)
        leases.add(Grade.objects.get().claimed_at)

    monkeypatch.setattr(running, "hold", note)
    claude_grades.script("truncated")
    assert run(rubric).state == "graded"
    assert len(leases) == len(claude_grades.requests()) == 2


def test_the_same_words_are_judged_once(rubric: Rubric, claude_grades: ClaudeApi) -> None:
    first, second = run(rubric), run(rubric, f"  {ANSWER} ")
    assert (first.score, second.score, len(claude_grades.requests())) == (0.6, 0.6, 1)


def test_a_trial_stores_nothing_but_what_it_cost(rubric: Rubric, claude_grades: ClaudeApi) -> None:
    trial = try_rubric(rubric=rubric, answer=ANSWER)
    assert (trial.judge, trial.model) == ("claude", HAIKU)
    assert list(ModelCall.objects.values_list("grade", "stop_reason")) == [(None, "end_turn")]
    assert Grade.objects.count() == 0


def test_without_a_key_answers_wait(
    rubric: Rubric, claude_grades: ClaudeApi, settings: Settings
) -> None:
    settings.ANTHROPIC_API_KEY = ""
    grade = run(rubric)
    assert (grade.state, grade.attempts, claude_grades.requests()) == ("pending", 0, [])


@pytest.mark.parametrize(
    "fault",
    [
        None,
        Fault(status=400, message=f"messages.0: {ANSWER}"),
        Fault(status=401, message="sk-ant-secret is not a key"),
        "overloaded",
        "lost",
        Fault(stop="refusal", times=2),
        Fault(text=f'{{"criteria": "{ANSWER}"', times=2),
    ],
)
@pytest.mark.parametrize("level", [logging.INFO, logging.DEBUG])
def test_no_answer_key_or_prompt_is_logged(
    rubric: Rubric,
    claude_grades: ClaudeApi,
    caplog: pytest.LogCaptureFixture,
    fault: str | Fault | None,
    level: int,
) -> None:
    if fault is not None:
        claude_grades.script(fault)
    with caplog.at_level(level):
        run(rubric)
    ours = [record for record in caplog.records if record.name != "django.db.backends"]
    text = "\n".join(record.getMessage() + str(record.exc_text) for record in ours)
    for secret in (ANSWER, "sk-ant-secret", "You grade one answer", rubric.reference_answer):
        assert secret not in text
