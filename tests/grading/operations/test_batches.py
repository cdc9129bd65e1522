"""Regrading through batches, over HTTP with the real SDK, stopped at every point."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from unittest.mock import Mock

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from grading.llm import batches as endpoints
from grading.llm import failures
from grading.llm.calls import Tokens
from grading.llm.prices import cost
from grading.models import BatchItem, BatchRun, Grade, ModelCall, Rubric, Submission
from grading.operations import batch_items, batch_rounds, batches
from grading.operations.batches import RegradeError, advance, advance_runs, start_regrade, stop_run
from grading.operations.grades import request_grade, run_grade
from grading.operations.reviews import overrule
from grading.operations.rubrics import ensure_rubric
from grading.queries.batches import progress
from tests.factories import CRITERIA, make_user
from tests.fakes.claude_api import ClaudeApi
from tests.fakes.log import Exchange

HAIKU = "claude-haiku-5-5"
VARIANCE = "Dot products of long vectors have a large variance, so scores are divided by a root."
POINTS = (
    VARIANCE,
    "Without the division the softmax saturates and gradients vanish.",
    f"{VARIANCE} Without the division the softmax saturates and gradients vanish.",
    "Because the paper says so, and the paper was written by people who tried it out at length.",
)


class Stopped(BaseException):
    """What a SIGKILL looks like from inside: nothing below catches it."""


@pytest.fixture
def api(claude_grades: ClaudeApi, settings: Settings) -> ClaudeApi:
    """Claude grades from now on, one reading an answer; batches end when the test says so."""
    claude_grades.clock.freeze()
    claude_grades.set(batch_hits=1.0)
    settings.CLAUDE_TIMEOUT_SECONDS = 5
    settings.CLAUDE_EXTRA_CALLS = 0
    return claude_grades


def graded(rubric: Rubric, settings: Settings, texts: Sequence[str] = POINTS) -> list[Grade]:
    """Answers that the local judge has graded."""
    before, settings.GRADING_JUDGE = settings.GRADING_JUDGE, "local"
    grades = [request_grade(rubric=rubric, text=text) for text in texts]
    for grade in grades:
        run_grade(grade_id=grade.pk)
        grade.refresh_from_db()
    settings.GRADING_JUDGE = before
    return grades


def start(label: str = "set:1") -> BatchRun:
    return start_regrade(label=label, submissions=Submission.objects.all(), policy={})


def later(seconds: float = 60) -> datetime:
    return timezone.now() + timedelta(seconds=seconds)


def pass_time(api: ClaudeApi) -> datetime:
    """Long enough for a batch to end and for a run to be due again."""
    api.clock.advance(1000)
    return datetime.fromtimestamp(api.clock.now(), UTC)


def run_to_end(api: ClaudeApi, run: BatchRun, rounds: int = 8) -> BatchRun:
    """Let batches end and look after them until the run is done."""
    for _ in range(rounds):
        advance(run_id=run.pk, now=pass_time(api))
    run.refresh_from_db()
    assert run.state == "done"
    return run


def sent(api: ClaudeApi) -> list[Exchange]:
    """Every request that a batch has had answered."""
    return [row for row in api.log.exchanges if row.tier == "batch"]


def current(grade: Grade) -> Grade:
    return Grade.objects.current().get(submission=grade.submission)


def test_old_grades_stay_the_last_word_until_the_new_ones_are_there(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    old = graded(rubric, settings)
    run = start()
    advance(run_id=run.pk, now=later())
    run.refresh_from_db()
    assert (run.state, run.items.filter(state="sent").count()) == ("sent", 4)
    assert [current(grade) for grade in old] == old
    assert Grade.objects.filter(state="pending").count() == 0
    run_to_end(api, run)
    new = [current(grade) for grade in old]
    assert [(grade.judge, grade.model, grade.state) for grade in new] == [
        ("claude", HAIKU, "graded")
    ] * 4
    assert [grade.supersedes for grade in new] == old
    assert [grade.score for grade in new] == [0.6, 0.4, 1.0, 0.0]
    assert [row.evidence for row in new[0].verdicts.all()] == [[[0, len(VARIANCE)]], [], []]


def test_answers_go_out_by_question_with_one_prefix_each_at_half_price(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    other = ensure_rubric(question="What is RoPE?", reference_answer="x " * 900, criteria=CRITERIA)
    graded(rubric, settings)
    graded(other, settings, POINTS[:3])
    run_to_end(api, start())
    requests = sent(api)
    assert len(requests) == 7
    questions = [row.body["system"][1]["text"] for row in requests]
    assert questions == sorted(questions, key=questions.index)
    marks = {row.body["system"][1].get("cache_control", {}).get("ttl") for row in requests}
    assert marks == {"5m"}
    lines = list(ModelCall.objects.order_by("pk"))
    assert len(lines) == 7
    for line in lines:
        tokens = Tokens(
            line.input_tokens,
            line.cache_write_5m_tokens,
            line.cache_write_1h_tokens,
            line.cache_read_tokens,
            line.output_tokens,
        )
        assert line.micro_dollars == cost(HAIKU, tokens, on=line.created_at.date(), batch=True)
        assert (line.stop_reason, line.error, line.prompt_version) == ("end_turn", "", "claude-1")
        assert line.grade is not None
        assert line.grade.judge == "claude"
    assert sum(line.output_tokens for line in lines) == sum(row.billed.output for row in requests)


def test_a_lone_answer_marks_no_question(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    graded(rubric, settings, [VARIANCE])
    run_to_end(api, start())
    assert "cache_control" not in sent(api)[0].body["system"][1]


def test_the_same_words_are_asked_once(rubric: Rubric, api: ClaudeApi, settings: Settings) -> None:
    old = graded(rubric, settings, [VARIANCE, f"  {VARIANCE} ", VARIANCE])
    run_to_end(api, start())
    assert len(sent(api)) == 1
    assert [current(grade).score for grade in old] == [0.6] * 3
    assert [current(grade).judge for grade in old] == ["claude"] * 3


def test_rulings_and_grades_by_this_very_setup_are_left_alone(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    ruled, fresh, _ = (*graded(rubric, settings, POINTS[:1]), *by_claude(rubric, POINTS[1:3]))
    marks = {"c1": "met", "c2": "met", "c3": "not_met"}
    overrule(grade=ruled, marks=marks, reason="It is right.", reviewer=make_user())
    request_grade(rubric=rubric, text=POINTS[3])  # still being graded
    with pytest.raises(RegradeError, match="nothing to grade again"):
        start()
    assert BatchRun.objects.count() == 0
    settings.CLAUDE_MODEL = "claude-opus-5-5"
    assert next(item.grade_id for item in start().items.all()) == fresh.pk


def by_claude(rubric: Rubric, texts: Sequence[str]) -> list[Grade]:
    grades = [request_grade(rubric=rubric, text=text) for text in texts]
    for grade in grades:
        run_grade(grade_id=grade.pk)
    return grades


def test_one_run_a_label_at_a_time(rubric: Rubric, api: ClaudeApi, settings: Settings) -> None:
    graded(rubric, settings)
    start()
    with pytest.raises(RegradeError, match="already"):
        start()
    assert start("set:2").items.count() == 4


def test_a_ruling_meanwhile_is_the_last_word(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    first, *_ = graded(rubric, settings)
    run = start()
    advance(run_id=run.pk, now=later())
    marks = {"c1": "not_met", "c2": "met", "c3": "not_met"}
    ruling = overrule(grade=first, marks=marks, reason="No.", reviewer=make_user())
    run_to_end(api, run)
    assert current(first) == ruling
    assert run.items.get(grade=first).reason == "overtaken"
    assert ModelCall.objects.filter(grade=first).count() == 1  # it was made, so it is billed
    assert progress(run).reasons == (("overtaken", 1),)


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


def test_what_ends_without_a_reply_is_sent_again(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    old = graded(rubric, settings)
    run = start()
    advance(run_id=run.pk, now=later())
    names = [item.custom_id or "" for item in run.items.order_by("pk")]
    api.state.batches.outcomes = dict(zip(names, ["expired", "errored", "canceled"], strict=False))
    run_to_end(api, run)
    assert [current(grade).score for grade in old] == [0.6, 0.4, 1.0, 0.0]
    errors = ModelCall.objects.exclude(error="").order_by("pk").values_list("grade", "error")
    assert sorted(errors) == [
        (old[0].pk, "batch_expired"),
        (old[1].pk, "server_error"),
        (old[2].pk, "batch_canceled"),
    ]
    assert not set(names[:3]) & {row.custom_id for row in sent(api)[-3:]}


def test_a_request_that_is_invalid_is_not_sent_again(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    scored, *_ = graded(rubric, settings)
    api.script({"status": 400, "match": VARIANCE[:20], "times": 2})
    run = run_to_end(api, start())
    assert current(scored) == scored  # a score is not taken away for want of another
    assert (run.items.get(grade=scored).state, run.items.get(grade=scored).reason) == (
        "kept",
        "bad_request",
    )
    assert len(sent(api)) == 4


def test_an_answer_without_a_score_gets_the_new_reason(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    (old,) = graded(rubric, settings, [VARIANCE])
    Grade.objects.filter(pk=old.pk).update(
        state="ungraded", score=None, confidence=None, reason="worker_lost"
    )
    api.script({"status": 400})
    run_to_end(api, start())
    new = current(old)
    assert (new.state, new.reason, new.supersedes_id) == ("ungraded", "bad_request", old.pk)


def test_a_reply_that_allows_a_second_try_gets_it_in_the_next_batch(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    old = graded(rubric, settings)
    api.script(
        {"stop": "refusal", "match": VARIANCE[:20]}, {"stop": "max_tokens", "match": "paper"}
    )
    run_to_end(api, start())
    assert [current(grade).model for grade in old] == ["claude-sonnet-5-5", HAIKU, HAIKU, HAIKU]
    again = sent(api)[4:]
    assert max(row.body["max_tokens"] for row in again) == 3000
    assert ModelCall.objects.count() == 6


def test_a_doubtful_answer_climbs_the_same_ladder_as_alone(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    settings.CLAUDE_EXTRA_CALLS = 2
    settings.CLAUDE_SURE_FROM = 1.0
    (old,) = graded(rubric, settings, [VARIANCE])
    run_to_end(api, start())
    asked = [row.model for row in sent(api)]
    assert len(asked) > 1
    other = ensure_rubric(
        question="Why divide?", reference_answer=rubric.reference_answer, criteria=CRITERIA
    )
    (alone,) = by_claude(other, [VARIANCE])
    assert [row.model for row in api.requests()] == asked
    alone.refresh_from_db()
    assert (current(old).score, current(old).doubts) == (alone.score, alone.doubts)


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


def test_a_stopped_run_takes_what_was_done_and_keeps_the_rest(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    old = graded(rubric, settings)
    run = start()
    advance(run_id=run.pk, now=later())
    stop_run(run=run)
    advance(run_id=run.pk, now=later(120))
    run_to_end(api, run)
    assert [current(grade) for grade in old] == old
    assert progress(run).reasons == (("stopped", 4),)
    assert sent(api) == []


def test_progress_counts_answers_and_changes(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    old = graded(rubric, settings)
    Grade.objects.filter(pk=old[0].pk).update(score=1.0)
    Grade.objects.filter(pk=old[1].pk).update(score=0.1)
    Grade.objects.filter(pk=old[2].pk).update(score=1.0)
    run = start()
    assert (progress(run).total, progress(run).percent) == (4, 0)
    run_to_end(api, run)
    found = progress(run)
    assert (found.regraded, found.kept, found.percent) == (4, 0, 100)
    assert (found.raised, found.lowered) == (1, 1 + (old[3].score != 0.0))
    paid = sum(ModelCall.objects.values_list("micro_dollars", flat=True))  # type: ignore[arg-type]  # prices are known
    assert found.micro_dollars == paid > 0


def test_the_local_judge_needs_no_batch(rubric: Rubric, api: ClaudeApi, settings: Settings) -> None:
    old = by_claude(rubric, POINTS)
    settings.GRADING_JUDGE, settings.ANTHROPIC_API_KEY = "local", ""
    run = start()
    advance(run_id=run.pk, now=later())
    run.refresh_from_db()
    assert run.state == "done"
    assert {current(grade).judge for grade in old} == {"local"}
    assert sent(api) == []


def test_no_answer_is_kept_twice(rubric: Rubric, api: ClaudeApi, settings: Settings) -> None:
    graded(rubric, settings)
    run = run_to_end(api, start())
    assert list(run.items.exclude(replies=[])) == []
    assert BatchItem.objects.filter(state="regraded").count() == 4
