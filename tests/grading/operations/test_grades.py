import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from grading import tasks
from grading.grader.verdict import Mark, Ungraded
from grading.judges.base import JudgeUnavailable, RetryLater, Unjudgeable
from grading.judges.scripted import ScriptedJudge
from grading.models import Grade, Rubric
from grading.operations.claims import Claim
from grading.operations.grades import request_grade, request_grades, requeue_stuck, run_grade
from grading.operations.running import finish, judge_claimed
from tests.grading.operations.conftest import judgement

ANSWER = "Variance grows with length, so the scores are scaled."
Script = Callable[..., ScriptedJudge]
Commits = Callable[..., AbstractContextManager[list[Callable[[], object]]]]


@pytest.fixture
def nudged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ids that were announced to workers, in order."""
    ids: list[int] = []
    monkeypatch.setattr(tasks.run_grade, "delay", ids.append)
    return ids


def test_a_request_keeps_the_words_and_nudges_only_on_commit(
    rubric: Rubric, nudged: list[int], django_capture_on_commit_callbacks: Commits
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        grade = request_grade(rubric=rubric, text=ANSWER)
        assert nudged == []
    assert (grade.state, grade.submission.text) == (Grade.State.PENDING, ANSWER)
    assert nudged == [grade.pk]


def test_a_broker_that_is_away_does_not_lose_the_answer(
    rubric: Rubric,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Commits,
) -> None:
    def refuse(grade_id: int) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(tasks.run_grade, "delay", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        grade = request_grade(rubric=rubric, text=ANSWER)
    assert Grade.objects.get().pk == grade.pk


def test_a_run_grades_with_verdicts_and_evidence(rubric: Rubric, script: Script) -> None:
    script(judgement())
    grade = run_grade(grade_id=request_grade(rubric=rubric, text=ANSWER).pk)
    assert grade is not None
    assert (grade.state, grade.score, grade.judge) == (Grade.State.GRADED, 0.6, "scripted")
    marks = [(row.criterion.key, row.mark, row.evidence) for row in grade.verdicts.all()]
    assert marks == [("c1", "met", [[0, 8]]), ("c2", "not_met", []), ("c3", "not_met", [])]


def test_a_grade_is_run_once_however_often_it_is_announced(rubric: Rubric, script: Script) -> None:
    judge = script(judgement(), judgement())
    grade = request_grade(rubric=rubric, text=ANSWER)
    assert run_grade(grade_id=grade.pk) is not None
    assert run_grade(grade_id=grade.pk) is None
    assert len(judge.asked) == 1


def test_an_answer_no_judge_can_judge_ends_ungraded_without_a_score(
    rubric: Rubric, script: Script
) -> None:
    script(Unjudgeable("It was refused.", reason="refused"))
    grade = run_grade(grade_id=request_grade(rubric=rubric, text=ANSWER).pk)
    assert grade is not None
    assert (grade.state, grade.reason, grade.score) == (Grade.State.UNGRADED, "refused", None)


@pytest.mark.parametrize(
    "error", [RetryLater("slow down", wait_seconds=30), JudgeUnavailable("no key")]
)
def test_a_judge_that_must_wait_gives_the_row_back_and_spends_no_attempt(
    rubric: Rubric, script: Script, error: Exception
) -> None:
    script(error)
    grade = request_grade(rubric=rubric, text=ANSWER)
    assert run_grade(grade_id=grade.pk) is None
    grade.refresh_from_db()
    assert (grade.state, grade.attempts, grade.claim) == (Grade.State.PENDING, 0, None)
    assert requeue_stuck(now=timezone.now() + timedelta(seconds=20)) == 0
    assert requeue_stuck(now=timezone.now() + timedelta(seconds=61)) == 1


def test_an_answer_that_keeps_failing_its_worker_ends_ungraded_and_is_not_quoted_in_the_log(
    rubric: Rubric, script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    script(*[RuntimeError(f"refused: {ANSWER}")] * settings.GRADE_ATTEMPTS)
    grade = request_grade(rubric=rubric, text=ANSWER)
    for _ in range(settings.GRADE_ATTEMPTS):
        assert run_grade(grade_id=grade.pk) is None
    ended = run_grade(grade_id=grade.pk)
    assert ended is not None
    assert (ended.state, ended.reason) == (Grade.State.UNGRADED, "worker_lost")
    assert "RuntimeError" in caplog.text
    assert "in judge" in caplog.text
    assert ANSWER not in caplog.text


def test_a_worker_that_lost_its_lease_cannot_write_over_the_next_one(
    rubric: Rubric, script: Script, nudged: list[int]
) -> None:
    script(judgement(Mark.MET), judgement(Mark.NOT_MET))
    grade = request_grade(rubric=rubric, text=ANSWER)
    first = _claimed(grade)
    requeue_stuck(now=timezone.now() + timedelta(seconds=settings.GRADE_LEASE_SECONDS + 1))
    assert nudged == [grade.pk]
    assert run_grade(grade_id=grade.pk) is not None
    assert judge_claimed(first) is None
    grade.refresh_from_db()
    assert (grade.score, grade.verdicts.count()) == (0.6, 3)


def test_a_finished_grade_takes_no_second_outcome(rubric: Rubric, script: Script) -> None:
    script(judgement())
    grade = request_grade(rubric=rubric, text=ANSWER)
    claim = _claimed(grade)
    finished = judge_claimed(claim)
    assert finished is not None
    assert finish(claim, Ungraded("judge_failed", "late"), milliseconds=1) is None


def test_the_sweep_announces_silent_rows_once_a_while_and_oldest_first(
    rubric: Rubric, nudged: list[int]
) -> None:
    old = request_grade(rubric=rubric, text="old")
    older = request_grade(rubric=rubric, text="older")
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    Grade.objects.filter(pk=old.pk).update(nudged_at=now - timedelta(seconds=60))
    Grade.objects.filter(pk=older.pk).update(nudged_at=now - timedelta(seconds=90))
    assert requeue_stuck(now=now) == 2
    assert nudged == [older.pk, old.pk]
    assert requeue_stuck(now=now + timedelta(seconds=1)) == 0


def test_what_nobody_waits_for_goes_behind_whoever_does(
    rubric: Rubric, nudged: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    behind: list[tuple[tuple[int], int]] = []
    monkeypatch.setattr(
        tasks.run_grade,
        "apply_async",
        lambda arguments, *, priority: behind.append((arguments, priority)),
    )
    grades = request_grades(answers=[(rubric, "one"), (rubric, "two")])
    waited_for = request_grade(rubric=rubric, text=ANSWER)
    now = timezone.now()
    assert requeue_stuck(now=now) == 2
    assert sorted(behind) == [((grade.pk,), 9) for grade in grades]
    assert requeue_stuck(now=now + timedelta(seconds=11)) == 3
    assert (nudged, len(behind)) == ([waited_for.pk], 4)


def test_a_submission_has_one_first_grade(rubric: Rubric) -> None:
    grade = request_grade(rubric=rubric, text=ANSWER)
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        Grade.objects.create(submission=grade.submission, created_at=now, nudged_at=now)


def test_the_database_refuses_a_score_that_was_not_given_by_a_grade(rubric: Rubric) -> None:
    grade = request_grade(rubric=rubric, text=ANSWER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Grade.objects.filter(pk=grade.pk).update(score=0.0)


def _claimed(grade: Grade) -> Claim:
    """What run_grade does before a worker dies."""
    claim = Claim(grade.pk, uuid.uuid4())
    Grade.objects.filter(pk=grade.pk).update(
        state=Grade.State.RUNNING, claim=claim.token, claimed_at=timezone.now(), attempts=1
    )
    return claim
