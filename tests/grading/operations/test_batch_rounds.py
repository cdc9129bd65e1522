"""Runs that are stopped, refused or not heard of: nothing is lost, nothing done twice."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from grading.llm import batches as endpoints
from grading.llm import failures
from grading.models import Account, BatchRun, Grade, ModelCall, Rubric, Submission
from grading.operations import batch_items, batch_rounds, batches
from grading.operations.batches import POLL_SECONDS, advance, advance_runs, stop_run
from grading.operations.budget import set_cap
from grading.operations.grades import request_grade
from grading.operations.queue import pause_queue, resume_queue
from grading.queries.accounts import held_by_account
from grading.queries.batches import progress
from tests.factories import make_user
from tests.fakes.claude_api import ClaudeApi
from tests.grading.operations.regrading import (
    VARIANCE,
    current,
    graded,
    later,
    pass_time,
    run_to_end,
    sent,
    start,
)


class Stopped(BaseException):
    """What a SIGKILL looks like from inside: nothing below catches it."""


def stop_before(monkeypatch: pytest.MonkeyPatch, module: object, name: str, at: int = 1) -> None:
    """Kill the worker just before the ``at``-th call of a function."""
    calls, wrapped = 0, getattr(module, name)

    def stop(*args: object, **kwargs: object) -> object:
        nonlocal calls
        calls += 1
        if calls == at:
            raise Stopped
        return wrapped(*args, **kwargs)

    monkeypatch.setattr(module, name, stop)


def stop_after(monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> None:
    """Kill the worker just after its first call of a function, before it hears the result."""
    done, wrapped = False, getattr(module, name)

    def stop(*args: object, **kwargs: object) -> object:
        nonlocal done
        result = wrapped(*args, **kwargs)
        if not done:
            done = True
            raise Stopped
        return result

    monkeypatch.setattr(module, name, stop)


Stop = Callable[[pytest.MonkeyPatch], None]


@pytest.mark.parametrize(
    "stop",
    [
        pytest.param(lambda m: stop_before(m, batch_rounds, "_reserve"), id="packed"),
        pytest.param(lambda m: stop_before(m, endpoints, "hand_in"), id="before it is handed in"),
        pytest.param(lambda m: stop_after(m, endpoints, "hand_in"), id="after it is handed in"),
        pytest.param(lambda m: stop_before(m, endpoints, "look_at"), id="before a look"),
        pytest.param(lambda m: stop_before(m, batch_rounds, "collect_result", 3), id="collecting"),
        pytest.param(lambda m: stop_before(m, batch_items, "write_calls", 3), id="within a grade"),
        pytest.param(lambda m: stop_before(m, batches, "_done"), id="at the end"),
    ],
)
def test_a_restart_anywhere_loses_nothing_and_doubles_nothing(
    rubric: Rubric,
    api: ClaudeApi,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    stop: Stop,
) -> None:
    old = graded(rubric, settings)
    run = start()
    stop(monkeypatch)
    stops = 0
    for _ in range(10):
        try:
            advance_runs(now=pass_time(api))
        except Stopped:
            stops += 1
    run.refresh_from_db()
    assert (stops, run.state) == (1, "done")
    assert [current(grade).score for grade in old] == [0.6, 0.4, 1.0, 0.0]
    assert Grade.objects.count() == 8
    assert len(sent(api)) == ModelCall.objects.count() == 4  # handed in once, billed once
    assert not Grade.objects.filter(reserved__gt=0).exists()


def test_a_run_that_fails_keeps_no_other_waiting(
    rubric: Rubric,
    api: ClaudeApi,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    graded(rubric, settings)
    broken, other = start("set:1"), start("set:2")
    taken = batches.advance

    def fail(*, run_id: int, **fields: Any) -> BatchRun | None:
        if run_id == broken.pk:
            raise RuntimeError(VARIANCE)
        return taken(run_id=run_id, **fields)

    monkeypatch.setattr(batches, "advance", fail)
    assert advance_runs(now=pass_time(api)) == 2
    other.refresh_from_db()
    assert other.state == "sent"
    assert "in fail" in caplog.text
    assert VARIANCE not in caplog.text


def test_a_batch_whose_taking_was_not_heard_of_is_found_again(
    rubric: Rubric, api: ClaudeApi, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    graded(rubric, settings)
    taken = endpoints.hand_in

    def lose(*args: Any) -> None:
        taken(*args)
        raise failures.ConnectionLost

    run = start()
    with monkeypatch.context() as patch:
        patch.setattr(endpoints, "hand_in", lose)
        advance(run_id=run.pk, now=pass_time(api))
    run.refresh_from_db()
    assert (run.state, run.detail) == ("sending", failures.ConnectionLost.sentence)
    run_to_end(api, run)
    assert len(sent(api)) == ModelCall.objects.count() == 4


def test_a_killed_workers_run_is_taken_over_when_its_lease_is_over(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    graded(rubric, settings)
    run = start()
    BatchRun.objects.update(claim="8a6e0804-2bd0-4672-b79d-d97027f9071a", claimed_at=timezone.now())
    assert advance(run_id=run.pk, now=later(60)) is None
    taken = advance(run_id=run.pk, now=later(200))
    assert taken is not None
    assert (taken.state, taken.claim) == ("sent", None)


@pytest.mark.parametrize("failure", [failures.KeyRefused, failures.RateLimited])
def test_a_run_that_cannot_be_handed_in_waits_and_says_why(
    rubric: Rubric,
    api: ClaudeApi,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    failure: type[failures.CallFailed],
) -> None:
    graded(rubric, settings)
    run = start()
    with monkeypatch.context() as patch:
        patch.setattr(endpoints, "hand_in", Mock(side_effect=failure))
        advance(run_id=run.pk, now=later())
    run.refresh_from_db()
    assert (run.state, run.detail) == ("waiting", failure.sentence)
    assert set(run.items.values_list("state", "tries")) == {("waiting", 0)}
    assert run_to_end(api, run).detail == ""


def test_a_budget_without_room_stops_the_run_before_anything_is_sent(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    grades = graded(rubric, settings)
    account = set_cap(keys=["team:1"], cap=100, period=Account.Period.TOTAL)
    Submission.objects.update(account=account)
    run = start()
    advance(run_id=run.pk, now=pass_time(api))
    run.refresh_from_db()
    assert (run.state, run.detail) == ("waiting", "The budget of team:1 is used up.")
    assert not Grade.objects.filter(reserved__gt=0).exists()
    set_cap(keys=["team:1"], cap=None, period=Account.Period.TOTAL)
    run_to_end(api, run)
    account.refresh_from_db()
    assert account.spent == progress(run).micro_dollars > 0
    assert [current(grade).judge for grade in grades] == ["claude"] * 4


def test_a_run_looks_for_room_again_no_sooner_than_for_a_batch(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    graded(rubric, settings)
    account = set_cap(keys=["team:1"], cap=10_000_000, period=Account.Period.TOTAL)
    Submission.objects.update(account=account)
    run = start()
    other = request_grade(rubric=rubric, text="Out.", accounts=["team:1"])
    Grade.objects.filter(pk=other.pk).update(reserved=10_000_000)
    now = pass_time(api)
    advance(run_id=run.pk, now=now)
    run.refresh_from_db()
    assert run.detail == "The rest of the budget of team:1 is held by calls under way."
    assert run.due_at == now + timedelta(seconds=POLL_SECONDS)


def test_what_is_out_is_held_from_the_budget(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    graded(rubric, settings)
    account = set_cap(keys=["team:1"], cap=10_000_000, period=Account.Period.TOTAL)
    Submission.objects.update(account=account)
    run = start()
    advance(run_id=run.pk, now=pass_time(api))
    assert held_by_account([account])[account.pk] > 0
    run_to_end(api, run)
    assert held_by_account([account])[account.pk] == 0


def test_while_the_queue_is_paused_nothing_is_handed_in(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    graded(rubric, settings)
    run, now = start(), pass_time(api)
    pause_queue(by=make_user(), why="Exams", until=None, now=now)
    advance(run_id=run.pk, now=now)
    run.refresh_from_db()
    assert (run.state, run.detail) == ("waiting", "Grading by Claude is paused.")
    resume_queue(by=make_user(), now=now)
    run_to_end(api, run)
    assert len(sent(api)) == 4


def test_a_stop_ends_a_run_whose_server_cannot_be_asked_any_more(
    rubric: Rubric, api: ClaudeApi, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = graded(rubric, settings)
    monkeypatch.setattr(endpoints, "hand_in", Mock(side_effect=failures.ServerFailed))
    monkeypatch.setattr(endpoints, "newest", Mock(side_effect=failures.ServerFailed))
    run = start()
    advance(run_id=run.pk, now=pass_time(api))
    advance(run_id=run.pk, now=pass_time(api))
    run.refresh_from_db()
    assert (run.state, run.detail) == ("sending", failures.ServerFailed.sentence)
    stop_run(run=run)
    run_to_end(api, run, rounds=1)
    assert [current(grade) for grade in old] == old
