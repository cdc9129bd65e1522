"""A local grade that stands in while Claude is away, over HTTP with the real SDK."""

import uuid
from collections.abc import Mapping

import pytest

from grading.llm.calls import Block, Request
from grading.models import Grade, Rubric, Submission
from grading.operations import running
from grading.operations.claims import Claim, hold, read_work
from grading.operations.grades import request_grade, run_grade
from grading.operations.ledger import opened
from grading.operations.queue import LIMIT_PROBE_SECONDS
from grading.operations.reviews import overrule
from grading.queries.batches import regradable
from grading.queries.grades import current_grade, grade_history
from tests.factories import make_user
from tests.fakes.claude_api import ClaudeApi
from tests.fakes.faults import Fault
from tests.fakes.ticker import Ticker

ANSWER = "Dot products of long vectors have a large variance, so scores are divided by a root."
CALL = Request("claude-haiku-5-5", (Block("x", cache="1h"),), "y", max_tokens=1_500)
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


@pytest.fixture
def ruled_on_meanwhile(
    away: Grade, claude_grades: ClaudeApi, ticker: Ticker, monkeypatch: pytest.MonkeyPatch
) -> Grade:
    """A person's ruling, made while Claude's reply was on its way."""
    finish = running.finish

    def late(*claim_and_outcome: object, **fields: object) -> object:
        overrule(grade=away, marks=RULING, reason="I read it.", reviewer=make_user())
        return finish(*claim_and_outcome, **fields)  # type: ignore[arg-type]  # as they came

    ticker.advance(LIMIT_PROBE_SECONDS)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(running, "finish", late)
        assert run_grade(grade_id=away.superseded_by.pk) is None
    return current_grade(away.submission)


def test_a_ruling_while_claude_judges_leaves_one_true_line_of_the_call(
    ruled_on_meanwhile: Grade, claude_grades: ClaudeApi
) -> None:
    ruling = ruled_on_meanwhile
    assert (ruling.judge, ruling.claim, ruling.reserved) == ("person", None, 0)
    assert ruling.open_calls == []
    assert [call.error for call in ruling.submission.grades.get(supersedes=None).calls.all()] == [
        "key_refused"
    ]
    assert [(call.error, call.request_id) for call in ruling.calls.all()] == [
        ("", claude_grades.requests()[1].request_id)
    ]


def test_words_that_a_person_ruled_on_while_claude_judged_them_are_judged_for_others(
    ruled_on_meanwhile: Grade, claude_grades: ClaudeApi
) -> None:
    rubric = ruled_on_meanwhile.submission.rubric
    again = run_grade(grade_id=request_grade(rubric=rubric, text=ANSWER).pk)
    assert again is not None
    assert (again.state, again.judge) == ("graded", "claude")
    assert len(claude_grades.requests()) == 3


def test_a_ruling_on_what_a_dead_worker_held_accounts_for_its_call(
    away: Grade, claude_grades: ClaudeApi
) -> None:
    claim = Claim(away.superseded_by.pk, uuid.uuid4())
    Grade.objects.filter(supersedes=away).update(state="running", claim=claim.token)
    hold(claim, read_work(claim.grade_id), CALL)
    ruling = overrule(grade=away, marks=RULING, reason="I read it.", reviewer=make_user())
    assert [(call.error, call.micro_dollars) for call in ruling.calls.all()] == [
        ("worker_lost", opened(CALL)["most"])
    ]


@pytest.fixture
def given_up(away: Grade, claude_grades: ClaudeApi, ticker: Ticker) -> Grade:
    """What stands once Claude is back and declines to judge the answer."""
    claude_grades.script(Fault(stop="refusal", times=2))
    ticker.advance(LIMIT_PROBE_SECONDS)
    ended = run_grade(grade_id=away.superseded_by.pk)
    assert ended is not None
    assert (ended.state, ended.reason, ended.score) == ("ungraded", "refused", None)
    return current_grade(away.submission)


def test_a_provisional_score_is_kept_for_a_person_where_claude_cannot_grade(
    away: Grade, given_up: Grade
) -> None:
    assert (given_up.state, given_up.judge, given_up.provisional) == ("graded", "local", True)
    assert (given_up.score, given_up.confidence) == (away.score, away.confidence)
    assert (given_up.feedback, given_up.setup_hash) == (away.feedback, away.setup_hash)
    assert [(row.criterion_id, row.mark, row.evidence) for row in given_up.verdicts.all()] == [
        (row.criterion_id, row.mark, row.evidence) for row in away.verdicts.all()
    ]
    assert given_up.doubts == [*away.doubts, "given_up"]
    assert [away.gives_way, given_up.gives_way] == [True, False]
    assert list(Grade.objects.current().for_a_person()) == [given_up]


def test_that_claude_could_not_grade_stays_in_the_history(away: Grade, given_up: Grade) -> None:
    history = grade_history(away.submission)
    assert [(grade.state, grade.judge) for grade in history] == [
        ("graded", "local"), ("ungraded", "claude"), ("graded", "local"),
    ]  # fmt: skip
    assert history[0] == given_up
    assert [call.stop_reason for call in history[1].calls.all()] == ["refusal", "refusal"]
    assert [grade.calls.count() for grade in (history[0], history[2])] == [0, 1]


@pytest.mark.parametrize(
    "faults", [(Fault(stop="max_tokens"), Fault(stop="max_tokens")), (Fault(status=400),)]
)
def test_it_is_kept_however_claude_gives_up(
    away: Grade, claude_grades: ClaudeApi, ticker: Ticker, faults: tuple[Fault, ...]
) -> None:
    claude_grades.script(*faults)
    ticker.advance(LIMIT_PROBE_SECONDS)
    run_grade(grade_id=away.superseded_by.pk)
    kept = current_grade(away.submission)
    assert (kept.provisional, kept.score, kept.doubts[-1]) == (True, away.score, "given_up")


def test_a_person_rules_on_what_was_kept(given_up: Grade) -> None:
    ruling = overrule(grade=given_up, marks=RULING, reason="I read it.", reviewer=make_user())
    assert current_grade(given_up.submission) == ruling
    assert (ruling.supersedes, ruling.provisional, ruling.doubts) == (given_up, False, [])


def test_a_regrade_takes_up_what_was_kept_and_leaves_what_claude_will_grade(
    rubric: Rubric, claude_grades: ClaudeApi, given_up: Grade
) -> None:
    claude_grades.script("unauthorized")
    waiting = request_grade(rubric=rubric, text=f"{ANSWER} So.", provisional_ok=True)
    run_grade(grade_id=waiting.pk)
    waiting.refresh_from_db()
    assert waiting.gives_way
    assert list(regradable(Submission.objects.all(), setup_hash="today")) == [given_up]
