"""Batches and the pause of the queue: one key, whatever it is used for."""

from datetime import datetime, timedelta

import pytest
from pytest_django.fixtures import Settings

from grading.llm import batches as endpoints
from grading.llm import failures
from grading.models import Account, BatchRun, Grade, QueuePause, Rubric, Submission
from grading.operations import valves
from grading.operations.batches import advance
from grading.operations.budget import set_cap
from grading.operations.gate import PAUSED
from grading.operations.grades import request_grade, run_grade
from grading.operations.queue import (
    LIMIT_PROBE_SECONDS,
    PROBE_SECONDS,
    pause_for_failure,
    pause_queue,
)
from grading.queries.queue import active_pause
from tests.factories import make_user
from tests.fakes.claude_api import ClaudeApi
from tests.fakes.ticker import Ticker
from tests.grading.operations.regrading import VARIANCE, graded, sent, start

KEY = "sk-ant-secret"


@pytest.fixture
def run(rubric: Rubric, api: ClaudeApi, settings: Settings, ticker: Ticker) -> BatchRun:
    """Four answers to be graded again."""
    graded(rubric, settings)
    return start()


def taken(run: BatchRun, now: datetime) -> tuple[str, str]:
    """As far as it goes; its state, and why it does not get on."""
    advance(run_id=run.pk, now=now)
    run.refresh_from_db()
    return run.state, run.detail


def pause_for(failure: type[failures.CallFailed], now: datetime) -> None:
    pause_for_failure(code=failure.code, sentence=failure.sentence, wait_seconds=None, now=now)


def test_a_key_that_is_refused_to_a_batch_pauses_the_queue_for_all(
    run: BatchRun, rubric: Rubric, api: ClaudeApi, ticker: Ticker
) -> None:
    api.set(refused_keys=[KEY])
    assert taken(run, ticker.moment()) == ("waiting", failures.KeyRefused.sentence)
    pause = active_pause(ticker.moment())
    assert pause is not None
    assert (pause.reason, pause.detail) == ("key_refused", failures.KeyRefused.sentence)
    assert pause.probe_at == ticker.moment() + timedelta(seconds=PROBE_SECONDS)
    live = request_grade(rubric=rubric, text=f"{VARIANCE} And more.")
    run_grade(grade_id=live.pk)
    live.refresh_from_db()
    assert (live.state, live.waiting_for) == ("pending", "paused")
    assert api.requests() == []


def test_so_does_one_that_is_refused_while_a_batch_is_out(
    run: BatchRun, api: ClaudeApi, ticker: Ticker
) -> None:
    assert taken(run, ticker.moment())[0] == "sent"
    api.set(refused_keys=[KEY])
    assert taken(run, ticker.moment()) == ("sent", failures.KeyRefused.sentence)
    assert active_pause(ticker.moment()) is not None


@pytest.mark.parametrize("failure", [failures.PaymentRequired, failures.SpendLimitReached])
def test_so_does_a_batch_that_nobody_pays_for(
    run: BatchRun,
    ticker: Ticker,
    monkeypatch: pytest.MonkeyPatch,
    failure: type[failures.CallFailed],
) -> None:
    refuse(monkeypatch, failure)
    assert taken(run, ticker.moment()) == ("waiting", failure.sentence)
    assert [pause.reason for pause in QueuePause.objects.all()] == [failure.code]


@pytest.mark.parametrize(
    "failure", [failures.NotPermitted, failures.NoBatches, failures.RateLimited]
)
def test_what_may_concern_batches_alone_holds_up_the_run_and_nobody_else(
    run: BatchRun,
    ticker: Ticker,
    monkeypatch: pytest.MonkeyPatch,
    failure: type[failures.CallFailed],
) -> None:
    refuse(monkeypatch, failure)
    assert taken(run, ticker.moment()) == ("waiting", failure.sentence)
    assert not QueuePause.objects.exists()


def test_a_refused_batch_leaves_a_persons_pause_as_it_is(
    run: BatchRun, api: ClaudeApi, ticker: Ticker
) -> None:
    assert taken(run, ticker.moment())[0] == "sent"
    pause_queue(by=make_user(), why="Exams", until=None, now=ticker.moment())
    api.set(refused_keys=[KEY])
    taken(run, ticker.moment())
    pause = QueuePause.objects.get()
    assert (pause.reason, pause.detail, pause.probe_at) == ("by_hand", "Exams", None)


def test_while_it_is_not_time_to_try_a_batch_waits_with_all_others(
    run: BatchRun, api: ClaudeApi, ticker: Ticker
) -> None:
    pause_for(failures.KeyRefused, ticker.moment())
    ticker.advance(PROBE_SECONDS - 1)
    assert taken(run, ticker.moment()) == ("waiting", PAUSED)
    assert api.log.exchanges == []


def test_a_batch_that_is_taken_shows_that_the_key_works_again(
    run: BatchRun, api: ClaudeApi, ticker: Ticker
) -> None:
    pause_for(failures.KeyRefused, ticker.moment())
    ticker.advance(PROBE_SECONDS)
    assert taken(run, ticker.moment())[0] == "sent"
    pause = QueuePause.objects.get()
    assert (pause.resumed_at, pause.resumed_by) == (ticker.moment(), None)


def test_it_says_nothing_of_a_limit_or_a_model_which_batches_meet_later(
    run: BatchRun, api: ClaudeApi, ticker: Ticker
) -> None:
    pause_for(failures.SpendLimitReached, ticker.moment())
    ticker.advance(LIMIT_PROBE_SECONDS)
    assert taken(run, ticker.moment())[0] == "sent"
    assert active_pause(ticker.moment()) is not None


def test_a_batch_that_no_budget_has_room_for_leaves_the_try_to_others(
    run: BatchRun, rubric: Rubric, api: ClaudeApi, ticker: Ticker
) -> None:
    account = set_cap(keys=["team:1"], cap=100, period=Account.Period.TOTAL)
    Submission.objects.update(account=account)
    live = request_grade(rubric=rubric, text=f"{VARIANCE} And more.")
    pause_for(failures.SpendLimitReached, ticker.moment())
    ticker.advance(LIMIT_PROBE_SECONDS)
    assert taken(run, ticker.moment()) == ("waiting", "The budget of team:1 is used up.")
    run_grade(grade_id=live.pk)
    live.refresh_from_db()
    assert live.state == "graded"
    assert active_pause(ticker.moment()) is None


def test_the_one_that_tries_is_the_only_one(
    run: BatchRun, rubric: Rubric, api: ClaudeApi, settings: Settings, ticker: Ticker
) -> None:
    other = request_grade(rubric=rubric, text=f"{VARIANCE} And more.")
    pause_for(failures.KeyRefused, ticker.moment())
    api.set(refused_keys=[KEY])
    ticker.advance(PROBE_SECONDS)
    assert taken(run, ticker.moment()) == ("waiting", failures.KeyRefused.sentence)
    run_grade(grade_id=other.pk)
    assert Grade.objects.get(pk=other.pk).waiting_for == "paused"
    assert len(api.log.exchanges) == 1
    api.set(refused_keys=[])
    ticker.advance(PROBE_SECONDS)
    run_grade(grade_id=other.pk)
    assert Grade.objects.get(pk=other.pk).state == "graded"
    assert taken(run, ticker.moment())[0] == "sent"
    assert sent(api) == []


def test_a_batch_that_was_under_way_before_the_pause_does_not_end_it(
    run: BatchRun, api: ClaudeApi, ticker: Ticker, monkeypatch: pytest.MonkeyPatch
) -> None:

    hand_in = endpoints.hand_in

    def refused_meanwhile(*arguments: object) -> object:
        pause_for(failures.KeyRefused, ticker.moment())
        return hand_in(*arguments)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(endpoints, "hand_in", refused_meanwhile)
    assert taken(run, ticker.moment())[0] == "sent"
    assert active_pause(valves.now()) is not None


def refuse(monkeypatch: pytest.MonkeyPatch, failure: type[failures.CallFailed]) -> None:
    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(endpoints, "hand_in", fail)
