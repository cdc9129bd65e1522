"""A local grade that stands in while Claude is away, over HTTP with the real SDK."""

from collections.abc import Mapping

import pytest

from grading.models import Grade, Rubric
from grading.operations.grades import request_grade, run_grade
from grading.operations.queue import LIMIT_PROBE_SECONDS
from grading.operations.reviews import overrule
from grading.queries.grades import current_grade, grade_history
from tests.factories import make_user
from tests.fakes.claude_api import ClaudeApi
from tests.fakes.faults import Fault
from tests.fakes.ticker import Ticker

ANSWER = "Dot products of long vectors have a large variance, so scores are divided by a root."
RULING: Mapping[str, str] = {"c1": "met", "c2": "met", "c3": "not_met"}


@pytest.fixture
def away(rubric: Rubric, claude_grades: ClaudeApi, ticker: Ticker) -> Grade:
    """An answer that may be graded provisionally, while the key is refused."""
    claude_grades.script("unauthorized")
    grade = request_grade(rubric=rubric, text=ANSWER, provisional_ok=True)
    run_grade(grade_id=grade.pk)
    grade.refresh_from_db()
    return grade


def test_the_answer_has_a_provisional_grade_at_once_and_another_waits(away: Grade) -> None:
    assert (away.state, away.judge, away.provisional) == ("graded", "local", True)
    assert away.score is not None
    assert away.verdicts.count() == 3
    coming = away.superseded_by
    assert (coming.state, coming.waiting_for, coming.provisional) == ("pending", "paused", False)
    assert coming.score is None


def test_the_provisional_grade_is_the_last_word_until_claudes_is_finished(
    away: Grade, claude_grades: ClaudeApi, ticker: Ticker
) -> None:
    assert current_grade(away.submission) == away
    assert grade_history(away.submission) == [away]
    Grade.objects.filter(supersedes=away).update(state=Grade.State.RUNNING)
    assert current_grade(away.submission) == away
    Grade.objects.filter(supersedes=away).update(state=Grade.State.PENDING)
    ticker.advance(LIMIT_PROBE_SECONDS)
    claudes = run_grade(grade_id=away.superseded_by.pk)
    assert claudes is not None
    assert (claudes.state, claudes.judge, claudes.provisional) == ("graded", "claude", False)
    assert current_grade(away.submission) == claudes
    assert grade_history(away.submission) == [claudes, away]
    away.refresh_from_db()
    assert away.provisional


def test_while_claude_stays_away_nothing_more_is_written(away: Grade) -> None:
    assert run_grade(grade_id=away.superseded_by.pk) is None
    assert away.submission.grades.count() == 2


@pytest.mark.parametrize("fault", ["overloaded", "dropped", Fault(status=404), "spend_limited"])
def test_it_stands_in_for_whatever_keeps_claude_away(
    rubric: Rubric, claude_grades: ClaudeApi, ticker: Ticker, fault: str | Fault
) -> None:
    claude_grades.script(fault)
    grade = request_grade(rubric=rubric, text=ANSWER, provisional_ok=True)
    ended = run_grade(grade_id=grade.pk)
    assert ended is not None
    assert ended.provisional
    assert [call.error != "" for call in ended.calls.all()] == [True]


def test_being_asked_to_go_slower_is_not_being_away(
    rubric: Rubric, claude_grades: ClaudeApi, ticker: Ticker
) -> None:
    claude_grades.script("rate_limited")
    grade = request_grade(rubric=rubric, text=ANSWER, provisional_ok=True)
    assert run_grade(grade_id=grade.pk) is None
    grade.refresh_from_db()
    assert (grade.state, grade.waiting_for) == ("pending", "busy")


def test_without_leave_an_answer_waits(
    rubric: Rubric, claude_grades: ClaudeApi, ticker: Ticker
) -> None:
    claude_grades.script("unauthorized")
    grade = request_grade(rubric=rubric, text=ANSWER)
    assert run_grade(grade_id=grade.pk) is None
    grade.refresh_from_db()
    assert (grade.state, grade.waiting_for, grade.score) == ("pending", "paused", None)


@pytest.mark.parametrize("state", [Grade.State.PENDING, Grade.State.RUNNING])
def test_a_persons_ruling_takes_the_place_of_the_grade_to_come(
    away: Grade, claude_grades: ClaudeApi, state: Grade.State
) -> None:
    Grade.objects.filter(supersedes=away).update(state=state)
    ruling = overrule(grade=away, marks=RULING, reason="I read it.", reviewer=make_user())
    assert current_grade(away.submission) == ruling
    assert (ruling.state, ruling.judge, ruling.waiting_for) == ("graded", "person", "")
    assert away.submission.grades.count() == 2
    assert run_grade(grade_id=ruling.pk) is None
    assert len(claude_grades.requests()) == 1
