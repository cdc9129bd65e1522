"""Doubtful answers, over HTTP with the real SDK: who is asked, what stands, what a person sees."""

import json
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from grading.grader.policy import LONGEST_NAME
from grading.models import Grade, Rubric
from grading.operations.grades import request_grade, run_grade
from grading.operations.policies import PolicyError, check_changes
from tests.fakes.claude_api import ClaudeApi
from tests.fakes.faults import Fault
from tests.fakes.ticker import Ticker

HAIKU, SONNET = "claude-haiku-5-5", "claude-sonnet-5-5"
# meets the first of two required points: 0.6
ANSWER = "Dot products of long vectors have a large variance, so scores are divided by a root."
SPLIT = {"c1": "met", "c2": "met", "c3": "not_met"}


@pytest.fixture
def in_doubt(settings: Settings, claude_grades: ClaudeApi) -> ClaudeApi:
    """Two further readings are allowed, and a score of 0.6 is next to the pass line."""
    settings.CLAUDE_EXTRA_CALLS = 2
    settings.PASS_LINE = 0.6
    return claude_grades


def run(rubric: Rubric, text: str = ANSWER, **policy: Any) -> Grade:
    grade = request_grade(rubric=rubric, text=text, policy=policy)
    run_grade(grade_id=grade.pk)
    grade.refresh_from_db()
    return grade


def split(api: ClaudeApi) -> None:
    """The first reading is the fake's own, the second finds more."""
    api.answer(model=HAIKU, times=1)
    api.answer(verdicts=SPLIT, model=HAIKU, times=1)


def models_asked(grade: Grade) -> list[str]:
    return list(grade.calls.values_list("model", flat=True))


def test_an_answer_next_to_the_line_is_read_twice(rubric: Rubric, in_doubt: ClaudeApi) -> None:
    grade = run(rubric)
    assert (models_asked(grade), grade.score, grade.doubts) == ([HAIKU, HAIKU], 0.6, [])
    assert grade.model == HAIKU


def test_the_second_reading_reads_the_cache_that_the_first_wrote(
    rubric: Rubric, in_doubt: ClaudeApi
) -> None:
    first, second = run(rubric).calls.all()
    assert (first.cache_write_1h_tokens > 0, second.cache_write_1h_tokens) == (True, 0)
    assert second.cache_read_tokens == first.cache_write_1h_tokens


def test_a_split_is_decided_by_the_strong_model(rubric: Rubric, in_doubt: ClaudeApi) -> None:
    split(in_doubt)
    grade = run(rubric)
    assert models_asked(grade) == [HAIKU, HAIKU, SONNET]
    assert (grade.model, grade.score) == (f"{HAIKU} + {SONNET}", 0.6)
    confidences = {row.criterion.key: row.confidence for row in grade.verdicts.all()}
    assert confidences["c2"] == pytest.approx(0.6)
    assert confidences["c1"] == pytest.approx(0.9)


def test_two_models_with_the_longest_of_names_have_room_in_a_grade(
    rubric: Rubric, in_doubt: ClaudeApi
) -> None:
    both = f"{'x' * LONGEST_NAME} + {'y' * LONGEST_NAME}"
    grade = run(rubric)
    Grade.objects.filter(pk=grade.pk).update(model=both)
    grade.refresh_from_db()
    assert grade.model == both


def test_readings_on_both_sides_of_the_line_are_for_a_person(
    rubric: Rubric, in_doubt: ClaudeApi
) -> None:
    in_doubt.answer(verdicts={"c1": "not_met"}, model=SONNET)
    split(in_doubt)
    grade = run(rubric)
    assert (grade.state, grade.doubts) == ("graded", ["borderline"])
    assert list(Grade.objects.for_a_person()) == [grade]


def test_a_strong_model_that_may_not_be_used_leaves_the_grade_to_a_person(
    rubric: Rubric, in_doubt: ClaudeApi
) -> None:
    split(in_doubt)
    grade = run(rubric, strong="claude-nonesuch")
    assert list(grade.calls.values_list("error", flat=True)) == ["", "", "not_found"]
    assert (grade.state, grade.doubts) == ("graded", ["split"])


def test_an_answer_whose_second_reading_has_to_slow_down_is_judged_whole_later(
    rubric: Rubric, in_doubt: ClaudeApi
) -> None:
    in_doubt.script(Fault(), Fault(status=429, headers={"retry-after": "5"}))
    grade = run(rubric)
    assert grade.state == "pending"
    assert list(grade.calls.values_list("error", flat=True)) == ["", "rate_limited"]


def test_a_strong_model_that_never_has_room_does_not_cost_the_first_one_for_ever(
    rubric: Rubric, in_doubt: ClaudeApi, ticker: Ticker
) -> None:
    for _ in range(4):
        split(in_doubt)
    in_doubt.script(Fault(status=429, headers={"retry-after": "5"}, match=SONNET, times=9))
    grade = request_grade(rubric=rubric, text=ANSWER)
    for _ in range(2):
        assert run_grade(grade_id=grade.pk) is None
        ticker.advance(5)
    ended = run_grade(grade_id=grade.pk)
    assert ended is not None
    assert (ended.state, ended.doubts) == ("graded", ["split"])
    assert models_asked(grade) == [HAIKU, HAIKU, SONNET] * 3


def test_a_sets_policy_holds_over_the_settings(rubric: Rubric, in_doubt: ClaudeApi) -> None:
    grade = run(rubric, first=SONNET, effort="low", extra_calls=0)
    assert (models_asked(grade), grade.model) == ([SONNET], SONNET)
    assert in_doubt.requests()[0].body["output_config"]["effort"] == "low"
    assert grade.doubts == ["borderline"]


def test_the_same_words_by_the_same_policy_are_judged_once(
    rubric: Rubric, in_doubt: ClaudeApi
) -> None:
    split(in_doubt)
    first = run(rubric)
    asked = len(in_doubt.requests())
    twin = run(rubric, f"  {ANSWER}\n")
    assert len(in_doubt.requests()) == asked
    assert (twin.score, twin.model, twin.confidence, twin.setup_hash) == (
        first.score,
        first.model,
        first.confidence,
        first.setup_hash,
    )


@pytest.mark.parametrize("change", [{"pass_line": 0.2}, {"strong": "claude-opus-5-5"}])
def test_another_policy_is_another_judgement(
    rubric: Rubric, in_doubt: ClaudeApi, change: dict[str, Any]
) -> None:
    run(rubric)
    asked = len(in_doubt.requests())
    assert run(rubric, **change).calls.count() == len(in_doubt.requests()) - asked > 0


def test_a_policy_is_refused_when_it_makes_no_sense() -> None:
    assert check_changes(changes={"pass_line": 0.8}) == {"pass_line": 0.8}
    with pytest.raises(PolicyError, match="A policy has no colour"):
        check_changes(changes={"colour": "red"})


def test_a_policy_that_no_longer_makes_sense_is_left_aside(
    rubric: Rubric, in_doubt: ClaudeApi
) -> None:
    assert run(rubric, colour="red").state == "graded"


def test_words_that_no_database_takes_are_left_out_of_the_feedback(
    rubric: Rubric, claude_grades: ClaudeApi
) -> None:
    rows: list[dict[str, Any]] = [
        {"id": key, "evidence": [], "justification": "No.\0", "verdict": "not_met"}
        for key in ("c1", "c2", "c3")
    ]
    said = {"criteria": rows, "feedback": "Say\0 more.\ud83d", "injection_suspected": False}
    claude_grades.answer(reply=json.dumps(said))
    grade = run(rubric)
    assert (grade.feedback, grade.verdicts.first().justification) == ("Say more.", "No.")  # type: ignore[union-attr]  # it is there
