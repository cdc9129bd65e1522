from collections.abc import Callable

import pytest

from grading.grader.verdict import Mark
from grading.judges.scripted import ScriptedJudge
from grading.models import Grade, Rubric
from grading.operations.grades import request_grade, run_grade
from grading.operations.reviews import overrule
from tests.factories import make_user
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
