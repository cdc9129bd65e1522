from collections.abc import Callable

import pytest

from grading.judges.scripted import ScriptedJudge
from grading.models import Grade, Rubric
from grading.operations.grades import request_grade, run_grade
from grading.operations.reviews import ReviewError, overrule
from grading.queries.grades import current_grade, grade_history
from tests.factories import make_user
from tests.grading.operations.conftest import judgement

ALL_MET = {"c1": "met", "c2": "met", "c3": "not_met"}


@pytest.fixture
def grade(rubric: Rubric, script: Callable[..., ScriptedJudge]) -> Grade:
    script(judgement())
    graded = run_grade(grade_id=request_grade(rubric=rubric, text="Variance grows.").pk)
    assert graded is not None
    return graded


def test_a_ruling_supersedes_and_the_old_grade_stays(grade: Grade) -> None:
    reviewer = make_user()
    ruling = overrule(grade=grade, marks=ALL_MET, reason="  Said so. ", reviewer=reviewer)
    assert (ruling.score, ruling.judge, ruling.ruled_by) == (1.0, "person", reviewer)
    assert ruling.ruling_reason == "Said so."
    assert current_grade(grade.submission) == ruling
    assert grade_history(grade.submission) == [ruling, grade]
    grade.refresh_from_db()
    assert (grade.state, grade.score) == (Grade.State.GRADED, 0.6)


def test_evidence_stays_where_the_mark_earns_and_goes_where_it_does_not(grade: Grade) -> None:
    marks = {"c1": "partial", "c2": "not_met", "c3": "not_met"}
    kept = overrule(grade=grade, marks=marks, reason="Half.", reviewer=make_user())
    assert [row.evidence for row in kept.verdicts.all()] == [[[0, 8]], [], []]
    marks = {"c1": "not_met", "c2": "not_met", "c3": "not_met"}
    gone = overrule(grade=kept, marks=marks, reason="None.", reviewer=make_user())
    assert [row.evidence for row in gone.verdicts.all()] == [[], [], []]


@pytest.mark.parametrize(
    ("marks", "reason", "message"),
    [
        (ALL_MET, "   ", "Give a reason: the candidate and your team will read it."),
        ({"c1": "met"}, "Short.", "Rule on every point, and on no other."),
        (ALL_MET | {"c9": "met"}, "More.", "Rule on every point, and on no other."),
        (ALL_MET | {"c3": "met"}, "Odd.", "A misconception is either present or absent."),
        (ALL_MET | {"c1": "great"}, "Odd.", "There is no mark called great."),
    ],
)
def test_a_ruling_that_cannot_stand_says_why_and_changes_nothing(
    grade: Grade, marks: dict[str, str], reason: str, message: str
) -> None:
    with pytest.raises(ReviewError) as refused:
        overrule(grade=grade, marks=marks, reason=reason, reviewer=make_user())
    assert str(refused.value) == message
    assert Grade.objects.count() == 1


def test_only_the_last_word_can_be_overruled(grade: Grade) -> None:
    overrule(grade=grade, marks=ALL_MET, reason="First.", reviewer=make_user())
    with pytest.raises(ReviewError, match="meanwhile"):
        overrule(grade=grade, marks=ALL_MET, reason="Second.", reviewer=make_user())


def test_a_grade_on_its_way_cannot_be_overruled(rubric: Rubric) -> None:
    waiting = request_grade(rubric=rubric, text="Variance grows.")
    with pytest.raises(ReviewError, match="still being graded"):
        overrule(grade=waiting, marks=ALL_MET, reason="Early.", reviewer=make_user())
