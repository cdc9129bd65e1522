"""Regrading through batches, over HTTP with the real SDK."""

import pytest
from pytest_django.fixtures import Settings

from grading.llm.calls import Tokens
from grading.llm.prices import cost
from grading.models import BatchItem, BatchRun, Grade, ModelCall, Rubric
from grading.operations.batches import RegradeError, advance, stop_run
from grading.operations.grades import request_grade
from grading.operations.reviews import overrule
from grading.operations.rubrics import ensure_rubric
from grading.queries.batches import progress
from tests.factories import CRITERIA, make_user
from tests.fakes.claude_api import ClaudeApi
from tests.grading.operations.regrading import (
    HAIKU,
    POINTS,
    VARIANCE,
    by_claude,
    current,
    graded,
    later,
    run_to_end,
    sent,
    start,
)


def test_old_grades_stay_the_last_word_until_the_new_ones_are_there(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    old = graded(rubric, settings)
    run = start()
    advance(run_id=run.pk, now=later())
    run.refresh_from_db()
    assert (run.state, run.items.filter(state="sent").count()) == ("sent", 4)
    assert [current(grade) for grade in old] == old
    assert Grade.objects.spoken().filter(state="pending").count() == 0
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


def test_one_run_a_label_at_a_time(rubric: Rubric, api: ClaudeApi, settings: Settings) -> None:
    graded(rubric, settings)
    start()
    with pytest.raises(RegradeError, match="already"):
        start()
    assert start("set:2").items.count() == 4


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
