from collections.abc import Callable

import pytest
from pytest_django.fixtures import Settings

from grading import tasks
from grading.grader.verdict import Mark
from grading.judges.scripted import ScriptedJudge
from grading.models import Grade, ModelCall, Rubric
from grading.operations import running
from grading.operations.grades import request_grade, run_grade
from grading.operations.reviews import overrule
from tests.factories import make_user
from tests.fakes.claude_api import ClaudeApi
from tests.grading.operations.conftest import judgement

Script = Callable[..., ScriptedJudge]
ANSWER = "Variance grows with length, so the scores are scaled."


def graded(rubric: Rubric, text: str) -> Grade:
    grade = run_grade(grade_id=request_grade(rubric=rubric, text=text).pk)
    assert grade is not None
    return grade


def test_the_same_words_are_judged_once_and_graded_alike(rubric: Rubric, script: Script) -> None:
    judge = script(judgement(), judgement(Mark.NOT_MET))
    first, second = graded(rubric, ANSWER), graded(rubric, ANSWER)
    assert len(judge.asked) == 1
    assert (second.score, second.confidence, second.feedback) == (
        first.score,
        first.confidence,
        first.feedback,
    )


def test_evidence_moves_to_the_places_where_the_words_stand_now(
    rubric: Rubric, script: Script
) -> None:
    script(judgement())
    graded(rubric, ANSWER)
    second = graded(rubric, "\n\n" + ANSWER)
    assert [row.evidence for row in second.verdicts.all()] == [[[2, 10]], [], []]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (ANSWER, "Variance stays as it is, so nothing needs scaling."),
        ("Variance takes time in O(2ⁿ).", "Variance takes time in O(2n)."),
        ("Variance fits into 10 Mb a second.", "Variance fits into 10 MB a second."),
    ],
)
def test_other_words_are_judged_anew(
    rubric: Rubric, script: Script, first: str, second: str
) -> None:
    judge = script(judgement(), judgement(Mark.NOT_MET))
    assert (graded(rubric, first).score, graded(rubric, second).score) == (0.6, 0.0)
    assert len(judge.asked) == 2


def test_a_persons_ruling_is_not_copied_to_others(rubric: Rubric, script: Script) -> None:
    judge = script(judgement())
    first = graded(rubric, ANSWER)
    marks = {"c1": "not_met", "c2": "not_met", "c3": "not_met"}
    overrule(grade=first, marks=marks, reason="Off topic.", reviewer=make_user())
    assert graded(rubric, ANSWER).score == first.score
    assert len(judge.asked) == 1


@pytest.fixture
def nudged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ids that were announced to workers, in order."""
    ids: list[int] = []
    monkeypatch.setattr(tasks.run_grade, "delay", ids.append)
    return ids


def ask(rubric: Rubric, *texts: str) -> list[Grade]:
    return [request_grade(rubric=rubric, text=text) for text in texts]


def run_within(
    monkeypatch: pytest.MonkeyPatch, moment: str, first: Grade, act: Callable[[], object]
) -> None:
    """Run the first grade, and do something else at that moment of it, once."""
    then = getattr(running, moment)

    def act_first(*given: object, **fields: object) -> object:
        monkeypatch.setattr(running, moment, then)
        act()
        return then(*given, **fields)

    monkeypatch.setattr(running, moment, act_first)
    run_grade(grade_id=first.pk)


@pytest.mark.django_db(transaction=True)
def test_words_that_are_being_judged_are_waited_for_and_then_announced(
    rubric: Rubric,
    claude_grades: ClaudeApi,
    nudged: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second, other = ask(rubric, ANSWER, f" {ANSWER}", "Variance is large.")
    nudged.clear()

    def meanwhile() -> None:
        for grade in (second, other):
            run_grade(grade_id=grade.pk)
            grade.refresh_from_db()
        assert (second.state, second.attempts, second.open_calls) == ("pending", 0, [])
        assert other.state == "graded"
        assert nudged == []

    run_within(monkeypatch, "finish", first, meanwhile)
    assert nudged == [second.pk]
    assert run_grade(grade_id=second.pk) is not None
    assert len(claude_grades.requests()) == ModelCall.objects.count() == 2
    marks = [list(grade.verdicts.values_list("mark", flat=True)) for grade in (first, second)]
    assert marks[0] == marks[1]


@pytest.mark.django_db(transaction=True)
def test_who_finds_the_verdict_there_when_it_begins_to_wait_is_announced_at_once(
    rubric: Rubric,
    claude_grades: ClaudeApi,
    nudged: list[int],
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
) -> None:
    settings.CLAUDE_WITHOUT = ["cache"]  # or the first would have the second wait for its prefix
    first, second = ask(rubric, ANSWER, ANSWER)
    nudged.clear()
    run_within(monkeypatch, "hold", first, lambda: run_grade(grade_id=second.pk))
    assert nudged == [first.pk]
    assert run_grade(grade_id=first.pk) is not None
    assert len(claude_grades.requests()) == 1


@pytest.mark.django_db(transaction=True)
def test_words_are_free_again_where_the_verdict_on_them_is_nobodys_twin(
    rubric: Rubric, claude_grades: ClaudeApi, nudged: list[int]
) -> None:
    first, second = ask(rubric, ANSWER, ANSWER)
    run_grade(grade_id=first.pk)
    Grade.objects.filter(pk=first.pk).update(setup_hash="")
    nudged.clear()
    assert run_grade(grade_id=second.pk) is None
    assert nudged == [second.pk]
    assert run_grade(grade_id=second.pk) is not None
    assert len(claude_grades.requests()) == 2


@pytest.mark.django_db(transaction=True)
def test_when_whoever_asks_fails_another_one_may(
    rubric: Rubric, claude_grades: ClaudeApi, nudged: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    claude_grades.script("overloaded")
    first, second = ask(rubric, ANSWER, ANSWER)
    run_within(monkeypatch, "give_back", first, lambda: run_grade(grade_id=second.pk))
    assert run_grade(grade_id=second.pk) is not None
    assert run_grade(grade_id=first.pk) is not None
    assert [row.status for row in claude_grades.requests()] == [529, 200]


def test_words_whose_twin_has_other_places_are_asked_about_again(
    rubric: Rubric, claude_grades: ClaudeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = ask(rubric, ANSWER, ANSWER)
    run_grade(grade_id=first.pk)
    monkeypatch.setattr(running, "verdict_of", lambda *_: None)
    assert run_grade(grade_id=second.pk) is not None
    assert len(claude_grades.requests()) == 2
