"""The same words alone and in a batch, or in two batches, at the same moment."""

from collections.abc import Callable

import pytest
from pytest_django.fixtures import Settings

from grading import tasks
from grading.models import BatchRun, Grade, ModelCall, Rubric, Submission
from grading.operations import batch_rounds, running
from grading.operations.batches import advance, grade_many, stop_run
from grading.operations.grades import request_grade, request_grades, run_grade
from grading.operations.reviews import overrule
from tests.factories import make_user
from tests.fakes.claude_api import ClaudeApi
from tests.grading.operations.regrading import (
    POINTS,
    VARIANCE,
    current,
    graded,
    later,
    pass_time,
    run_to_end,
    sent,
    start,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def nudged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ids that were announced to workers, in order."""
    ids: list[int] = []
    monkeypatch.setattr(tasks.run_grade, "delay", ids.append)
    return ids


def begin_import(rubric: Rubric, label: str, *texts: str) -> tuple[BatchRun, list[Grade]]:
    """First grades that go through a batch."""
    grades = request_grades(answers=[(rubric, text) for text in texts])
    run = grade_many(label=label, grades=grades)
    assert run is not None
    return run, grades


def hand_in(run: BatchRun) -> str:
    """Go on with the run once; the state it is left in."""
    advance(run_id=run.pk, now=later(3600))
    run.refresh_from_db()
    return run.state


def said(grade: Grade) -> tuple[object, ...]:
    """What a grade says, as far as twins share it."""
    last = current(grade)
    marks = tuple(last.verdicts.values_list("mark", flat=True))
    return last.judge, last.score, last.confidence, last.feedback, marks


def calls(api: ClaudeApi) -> int:
    """How often a model was asked, alone or in a batch."""
    return len(api.requests()) + len(sent(api))


Begin = Callable[[Rubric, Settings], tuple[BatchRun, list[Grade]]]


def begin_first(rubric: Rubric, _: Settings) -> tuple[BatchRun, list[Grade]]:
    return begin_import(rubric, "import:1", VARIANCE)


def begin_again(rubric: Rubric, settings: Settings) -> tuple[BatchRun, list[Grade]]:
    grades = graded(rubric, settings, [VARIANCE])
    return start(), grades


begun = pytest.mark.parametrize("begin", [begin_first, begin_again], ids=["first", "again"])


@begun
def test_words_that_a_batch_is_out_with_are_waited_for(
    rubric: Rubric, api: ClaudeApi, settings: Settings, nudged: list[int], begin: Begin
) -> None:
    run, (batched,) = begin(rubric, settings)
    assert hand_in(run) == "sent"
    alone = request_grade(rubric=rubric, text=f" {VARIANCE}")
    assert run_grade(grade_id=alone.pk) is None
    alone.refresh_from_db()
    assert (alone.state, alone.attempts, alone.open_calls) == ("pending", 0, [])
    nudged.clear()
    run_to_end(api, run)
    assert nudged == [alone.pk]
    assert run_grade(grade_id=alone.pk) is not None
    assert calls(api) == ModelCall.objects.count() == len(sent(api)) == 1
    assert said(alone) == said(batched)
    assert said(alone)[0] == "claude"


@begun
def test_a_batch_leaves_out_words_that_are_being_judged(
    rubric: Rubric,
    api: ClaudeApi,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    begin: Begin,
) -> None:
    run, (batched,) = begin(rubric, settings)
    alone = request_grade(rubric=rubric, text=f" {VARIANCE}")
    finish = running.finish
    states: list[str] = []

    def meanwhile(*given: object, **fields: object) -> object:
        states.append(hand_in(run))
        return finish(*given, **fields)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(running, "finish", meanwhile)
    run_grade(grade_id=alone.pk)
    assert states == ["waiting"]
    assert sent(api) == []
    run_to_end(api, run)
    assert calls(api) == ModelCall.objects.count() == 1
    assert said(alone) == said(batched)


def test_words_that_somebody_takes_while_a_batch_is_packed_are_left_out(
    rubric: Rubric, api: ClaudeApi, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_rounds, "find_taken", lambda *_: set())  # it looked just before
    test_a_batch_leaves_out_words_that_are_being_judged(
        rubric, api, settings, monkeypatch, begin_first
    )


@begun
def test_who_waits_at_the_page_is_not_kept_for_a_batch_and_its_verdict_holds_for_both(
    rubric: Rubric, api: ClaudeApi, settings: Settings, begin: Begin
) -> None:
    run, (batched,) = begin(rubric, settings)
    assert hand_in(run) == "sent"
    alone = request_grade(rubric=rubric, text=VARIANCE, watched=True)
    assert run_grade(grade_id=alone.pk) is not None
    Grade.objects.filter(pk=alone.pk).update(score=0.123)  # another verdict than the batch's
    run_to_end(api, run)
    assert calls(api) == ModelCall.objects.count() == 2  # what is out is billed
    assert said(alone) == said(batched)


def test_a_batch_that_comes_back_while_its_words_are_judged_waits_for_that_verdict(
    rubric: Rubric, api: ClaudeApi, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, (batched,) = begin_import(rubric, "import:1", VARIANCE)
    assert hand_in(run) == "sent"
    alone = request_grade(rubric=rubric, text=VARIANCE, watched=True)
    finish = running.finish
    states: list[str] = []

    def meanwhile(*given: object, **fields: object) -> object:
        advance(run_id=run.pk, now=pass_time(api))
        run.refresh_from_db()
        states.append(run.state)
        return finish(*given, **fields)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(running, "finish", meanwhile)
    run_grade(grade_id=alone.pk)
    assert states == ["waiting"]
    Grade.objects.filter(pk=alone.pk).update(score=0.123)
    run_to_end(api, run)
    assert calls(api) == ModelCall.objects.count() == 2
    assert said(alone) == said(batched)


def test_if_that_verdict_never_comes_what_the_batch_brought_is_read(
    rubric: Rubric, api: ClaudeApi, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, (batched,) = begin_import(rubric, "import:1", VARIANCE)
    assert hand_in(run) == "sent"
    alone = request_grade(rubric=rubric, text=VARIANCE, watched=True)
    api.script({"stop": "refusal", "times": 2})
    finish = running.finish

    def meanwhile(*given: object, **fields: object) -> object:
        advance(run_id=run.pk, now=pass_time(api))
        return finish(*given, **fields)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(running, "finish", meanwhile)
    run_grade(grade_id=alone.pk)
    run_to_end(api, run)
    assert (current(alone).state, current(batched).score) == ("ungraded", 0.6)
    assert len(sent(api)) == 1


def test_two_batches_ask_about_the_same_words_once(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    one, first = begin_import(rubric, "import:1", VARIANCE, POINTS[1])
    other, second = begin_import(rubric, "import:2", POINTS[3], f" {VARIANCE}")
    assert (hand_in(one), hand_in(other)) == ("sent", "sent")
    run_to_end(api, one)
    run_to_end(api, other)
    assert len(sent(api)) == ModelCall.objects.count() == 3
    assert said(first[0]) == said(second[1])


def test_two_runs_over_the_same_answers_ask_about_them_once(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    old = graded(rubric, settings)
    one, other = start("set:1"), start("set:2")
    assert (hand_in(one), hand_in(other)) == ("sent", "waiting")
    run_to_end(api, one)
    run_to_end(api, other)
    assert len(sent(api)) == 4
    assert Grade.objects.count() == 8
    assert [current(grade).score for grade in old] == [0.6, 0.4, 1.0, 0.0]
    assert set(other.items.values_list("state", "reason")) == {("kept", "overtaken")}


@begun
def test_words_are_free_again_when_a_batch_is_lost_or_stopped(
    rubric: Rubric, api: ClaudeApi, settings: Settings, begin: Begin
) -> None:
    run, (batched,) = begin(rubric, settings)
    hand_in(run)
    stop_run(run=run)
    hand_in(run)  # asks the API to end it
    run_to_end(api, run)
    assert Grade.objects.filter(submission=batched.submission).count() == 1
    alone = request_grade(rubric=rubric, text=VARIANCE)
    assert run_grade(grade_id=alone.pk) is not None
    assert current(alone).score == 0.6
    assert not Grade.objects.filter(state="pending").exists()


def test_a_ruling_on_an_answer_that_is_out_frees_its_words(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    (old,) = graded(rubric, settings, [VARIANCE])
    run = start()
    hand_in(run)
    marks = {"c1": "not_met", "c2": "met", "c3": "not_met"}
    ruling = overrule(grade=old, marks=marks, reason="No.", reviewer=make_user())
    alone = request_grade(rubric=rubric, text=VARIANCE)
    assert run_grade(grade_id=alone.pk) is not None
    run_to_end(api, run)
    assert current(old) == ruling
    assert run.items.get().reason == "overtaken"
    assert Submission.objects.count() == 2


def test_words_whose_policy_differs_are_no_twins(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    run, _ = begin_import(rubric, "import:1", VARIANCE)
    hand_in(run)
    alone = request_grade(rubric=rubric, text=VARIANCE, policy={"effort": "high"})
    assert run_grade(grade_id=alone.pk) is not None
    run_to_end(api, run)
    assert calls(api) == 2
