"""Feedback while it is written, over HTTP with the real SDK."""

import json

import pytest
from django.core.cache import cache
from django.utils import timezone
from pytest_django.fixtures import Settings

from grading.models import Grade, Rubric
from grading.operations import feedback
from grading.operations.grades import request_grade, run_grade
from grading.operations.rubrics import ensure_rubric
from grading.queries.writing import feedback_so_far, key_of
from tests.factories import CRITERIA, REFERENCE
from tests.fakes.claude_api import ClaudeApi
from tests.fakes.faults import Fault

ANSWER = "Dot products of long vectors have a large variance, so scores are divided by a root."
ONE, TWO = "You name the variance.", "Say what becomes of the softmax."
NOTES = (
    "Be generous with whoever derives the variance by hand, and strict with those who name it only"
)
SHORT_NOTES = "Derive the variance by hand"
CRITERIA_REPLIED = [
    {"id": f"c{at}", "evidence": [], "justification": "No.", "verdict": "not_met"}
    for at in (1, 2, 3)
]
REPLY = {
    "criteria": CRITERIA_REPLIED,
    "feedback": f"{ONE} {TWO}",
    "injection_suspected": False,
}


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the waiting page could read after each time that something was published."""
    texts: list[str] = []
    publish = feedback.publish

    def look_too(*, grade: Grade, text: str) -> None:
        publish(grade=grade, text=text)
        texts.append(feedback_so_far(Grade.objects.get(pk=grade.pk)))

    monkeypatch.setattr(feedback, "publish", look_too)
    return texts


def run(rubric: Rubric, *, watched: bool = True) -> Grade:
    grade = request_grade(rubric=rubric, text=ANSWER, watched=watched)
    run_grade(grade_id=grade.pk)
    grade.refresh_from_db()
    return grade


def test_whole_sentences_can_be_read_while_the_grade_is_running(
    rubric: Rubric, claude_grades: ClaudeApi, seen: list[str]
) -> None:
    claude_grades.answer(reply=REPLY)
    grade = run(rubric)
    assert seen[-1] == f"{ONE} {TWO}"
    assert set(seen) <= {ONE, f"{ONE} {TWO}"}
    assert (grade.state, grade.feedback) == ("graded", f"{ONE} {TWO}")


def test_once_there_is_a_verdict_nothing_is_being_written(
    rubric: Rubric, claude_grades: ClaudeApi, seen: list[str]
) -> None:
    assert feedback_so_far(run(rubric)) == ""
    assert seen != []


def test_nothing_is_streamed_when_nobody_waits(
    rubric: Rubric, claude_grades: ClaudeApi, seen: list[str]
) -> None:
    claude_grades.answer(reply=REPLY)
    # an hour's leader streams to say that it has begun; what it says is told to nobody
    assert (run(rubric, watched=False).state, seen) == ("graded", [])


def test_a_second_try_takes_back_what_the_first_said(
    rubric: Rubric, claude_grades: ClaudeApi, seen: list[str]
) -> None:
    claude_grades.script(Fault(text=json.dumps(REPLY | {"criteria": []})))
    run(rubric)
    assert "" in seen
    assert seen[-1] == "You covered 1 of 2 points."


@pytest.mark.parametrize("secret", [REFERENCE.split(". ")[0], NOTES, SHORT_NOTES])
def test_what_candidates_must_not_see_is_never_shown_not_even_for_a_moment(
    db: None, claude_grades: ClaudeApi, seen: list[str], secret: str
) -> None:
    rubric = ensure_rubric(
        question="Why is attention scaled?",
        reference_answer=REFERENCE,
        criteria=CRITERIA,
        grader_notes=SHORT_NOTES if secret == SHORT_NOTES else NOTES,
    )
    rows = [row | {"justification": f"It is so: {secret}."} for row in CRITERIA_REPLIED]
    told = f"{ONE} I was told this, {secret.upper()}. {TWO}"
    claude_grades.answer(reply=REPLY | {"criteria": rows, "feedback": told})
    grade = run(rubric)
    assert claude_grades.requests()[0].stream
    assert set(seen) == {ONE}
    shown = [grade.feedback, *grade.verdicts.values_list("justification", flat=True)]
    assert grade.feedback.startswith("Missing, most valuable first: ")
    assert [words for words in shown if secret.casefold() in words.casefold()] == []


def test_only_the_first_of_several_readings_is_shown(
    rubric: Rubric, claude_grades: ClaudeApi, seen: list[str], settings: Settings
) -> None:
    settings.CLAUDE_EXTRA_CALLS, settings.PASS_LINE = 1, 0.6
    claude_grades.answer(times=1)
    claude_grades.answer(reply=REPLY)
    grade = run(rubric)
    assert (grade.calls.count(), set(seen)) == (2, {"You covered 1 of 2 points."})


def test_a_local_judge_shows_nothing_before_its_verdict(rubric: Rubric, seen: list[str]) -> None:
    assert (run(rubric).judge, seen) == ("local", [])


def test_grading_goes_on_when_nothing_can_be_shown(
    rubric: Rubric, claude_grades: ClaudeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(cache, "set", away)
    monkeypatch.setattr(cache, "delete", away)
    assert run(rubric).state == "graded"


def test_what_an_earlier_try_left_is_taken_back(
    rubric: Rubric, claude_grades: ClaudeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    grade = request_grade(rubric=rubric, text=ANSWER, watched=True)
    feedback.publish(grade=grade, text="Half a thought.")
    claude_grades.script(Fault(status=529))
    assert run_grade(grade_id=grade.pk) is None
    assert cache.get(key_of(grade.pk)) is None


def test_who_has_waited_for_an_hour_has_left(
    rubric: Rubric, claude_grades: ClaudeApi, seen: list[str]
) -> None:
    grade = request_grade(rubric=rubric, text=ANSWER, watched=True)
    Grade.objects.filter(pk=grade.pk).update(created_at=timezone.now() - feedback.WATCHED_FOR)
    run_grade(grade_id=grade.pk)
    assert seen == []
