"""A server that does not know the route of batches, before its operators have said so and after."""

import pytest
from pytest_django.fixtures import Settings

from grading.llm import batches as endpoints
from grading.llm.failures import NoBatches
from grading.models import BatchItem, BatchRun, Grade, QueuePause, Rubric
from grading.operations.batches import advance, grade_many, start_run
from grading.operations.calibration import read_estimates
from grading.operations.grades import request_grade, request_grades, requeue_stuck, run_grade
from grading.queries.batches import progress
from tests.fakes.claude_api import ClaudeApi
from tests.grading.operations.regrading import (
    POINTS,
    current,
    graded,
    later,
    pass_time,
    run_to_end,
    sent,
    start,
)

WAITS = ("waiting", NoBatches.sentence)


@pytest.fixture(autouse=True)
def without_the_route(api: ClaudeApi) -> None:
    api.set(lacks=["/v1/messages/batches"])


@pytest.fixture
def nudged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Whom the sweep announces."""
    found: list[int] = []

    def note(*, grade_id: int, first: bool = True) -> None:
        assert not first
        found.append(grade_id)

    monkeypatch.setattr("grading.operations.grades.nudge", note)
    return found


def imported(rubric: Rubric) -> tuple[list[Grade], BatchRun]:
    """First grades, as an import asks for them."""
    grades = request_grades(answers=[(rubric, text) for text in POINTS[:2]])
    run = grade_many(label="import:1", grades=grades)
    assert run is not None
    return grades, run


def look_after(run: BatchRun) -> tuple[str, str]:
    """Take it as far as it goes; its state, and why it does not get on."""
    advance(run_id=run.pk, now=later())
    run.refresh_from_db()
    return run.state, run.detail


def test_a_regrade_waits_and_says_what_to_do(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    old = graded(rubric, settings)
    run = start()
    assert look_after(run) == WAITS
    assert set(run.items.values_list("state", "tries")) == {("waiting", 0)}
    assert [current(grade) for grade in old] == old
    assert not Grade.objects.filter(reserved__gt=0).exists()


def test_so_does_an_import_whose_answers_stay_ungraded_until_then(
    rubric: Rubric, api: ClaudeApi
) -> None:
    grades, run = imported(rubric)
    assert look_after(run) == WAITS
    assert set(Grade.objects.values_list("state", "waiting_for")) == {("pending", "batch")}
    api.set(lacks=[])  # the address was mistyped
    run_to_end(api, run)
    assert {current(grade).state for grade in grades} == {"graded"}


def test_answers_that_are_asked_one_by_one_go_on_meanwhile(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    graded(rubric, settings)
    look_after(start())
    assert not QueuePause.objects.exists()
    fresh = request_grade(rubric=rubric, text=f"{POINTS[0]} And more.")
    run_grade(grade_id=fresh.pk)
    fresh.refresh_from_db()
    assert (fresh.state, fresh.judge) == ("graded", "claude")


def test_when_the_operators_say_so_an_import_goes_through_the_queue(
    rubric: Rubric, api: ClaudeApi, settings: Settings, nudged: list[int]
) -> None:
    grades, run = imported(rubric)
    look_after(run)
    settings.CLAUDE_WITHOUT = ["batches"]
    assert look_after(run) == ("done", "")
    requeue_stuck(now=later())
    assert nudged == [grade.pk for grade in grades]
    for grade in grades:
        run_grade(grade_id=grade.pk)
    assert {(current(row).state, current(row).judge) for row in grades} == {("graded", "claude")}
    assert sent(api) == []


def test_and_a_regrade_ends_with_the_grades_there_were(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    old = graded(rubric, settings)
    run = start()
    look_after(run)
    settings.CLAUDE_WITHOUT = ["batches"]
    assert look_after(run) == ("done", "")
    assert [current(grade) for grade in old] == old
    assert progress(run).reasons == (("no_batches", 4),)


def test_a_measurement_ends_without_an_estimate(
    rubric: Rubric, api: ClaudeApi, settings: Settings, nudged: list[int]
) -> None:
    """Whoever measures asks one by one then; the queue would ask a second time."""
    request_grades(answers=[(rubric, text) for text in POINTS[:2]])
    run = start_run(label="calibration:1", grades=Grade.objects.all(), judge="claude")
    look_after(run)
    settings.CLAUDE_WITHOUT = ["batches"]
    assert look_after(run) == ("done", "")
    requeue_stuck(now=later())
    assert (nudged, read_estimates(run=run)) == ([], {})
    assert set(Grade.objects.values_list("state", "reason")) == {("ungraded", "no_batches")}


def test_a_run_that_was_killed_while_it_was_handed_in_ends_as_well(
    rubric: Rubric, api: ClaudeApi, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def kill(*_: object) -> None:
        raise Killed

    graded(rubric, settings)
    run = start()
    with monkeypatch.context() as patch:
        patch.setattr(endpoints, "hand_in", kill)
        with pytest.raises(Killed):
            advance(run_id=run.pk, now=pass_time(api))
    assert look_after(run) == ("sending", NoBatches.sentence)
    settings.CLAUDE_WITHOUT = ["batches"]
    assert look_after(run) == ("done", "")
    assert set(BatchItem.objects.values_list("state", "reason")) == {("kept", "no_batches")}


def test_the_local_judge_needs_none(rubric: Rubric, api: ClaudeApi, settings: Settings) -> None:
    graded(rubric, settings)
    Grade.objects.update(setup_hash="of-before")
    settings.GRADING_JUDGE, settings.CLAUDE_WITHOUT = "local", ["batches"]
    run = start()
    assert look_after(run) == ("done", "")
    assert progress(run).regraded == 4
