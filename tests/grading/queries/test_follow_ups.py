from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from grading.models import CriterionVerdict, Grade
from grading.operations.grades import request_grade
from grading.operations.rubrics import CriterionText, ensure_rubric
from grading.queries.follow_ups import missed_of, point_to_follow
from grading.queries.grades import current_grade

pytestmark = pytest.mark.django_db
CRITERIA = (
    CriterionText("bonus", Decimal(2), "Snow covers the plain."),
    CriterionText("required", Decimal(2), "Rain falls on the plain."),
    CriterionText("required", Decimal(2), "Wind dries the plain."),
    CriterionText("misconception", Decimal(1), "Rain rises from the plain."),
)
QUESTION = "What falls, dries and covers the plain? Speak of rain, wind and snow."


def graded(marks: Mapping[str, str], question: str = QUESTION, **changes: Any) -> Grade:
    rubric = ensure_rubric(
        question=question, reference_answer="It rains.", grader_notes="Mild.", criteria=CRITERIA
    )
    grade = request_grade(rubric=rubric, text="Rain, I think.")
    fields = {"state": "graded", "score": 0.5, "confidence": 0.9, "judge": "local"} | changes
    Grade.objects.filter(pk=grade.pk).update(**fields)
    for criterion in rubric.criteria.all():
        CriterionVerdict.objects.create(
            grade=grade,
            criterion=criterion,
            mark=marks.get(criterion.key, "not_met"),
            evidence=[[0, 4]] if marks.get(criterion.key) else [],
        )
    return current_grade(grade.submission)


def aim(marks: Mapping[str, str], **changes: Any) -> str | None:
    point = point_to_follow(graded(marks, **changes))
    return point.criterion.key if point else None


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ({"c2": "met", "c3": "met"}, None),  # a full score has no use for the bonus
        ({"c2": "met"}, "c3"),  # a bonus worth the same comes after what is required
        ({"c1": "met"}, "c2"),  # of points worth the same the first
        ({"c1": "met", "c2": "partial"}, "c3"),  # 2 x 1 against 2 x 1/2
        ({"c2": "partial", "c3": "met"}, "c1"),  # 2 x 1 of a bonus against 2 x 1/2
        ({"c2": "partial", "c3": "contradicted"}, "c3"),
        ({"c1": "partial", "c3": "met"}, "c2"),
        ({"c1": "met", "c2": "met", "c3": "met", "c4": "contradicted"}, None),
    ],
)
def test_the_point_with_the_most_missing_credit_is_followed(
    marks: dict[str, str], expected: str | None
) -> None:
    assert aim(marks) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "ungraded", "score": None, "reason": "judge_failed"},
        {"state": "running", "score": None},
        {"provisional": True},
        {"reason": "dont_know", "score": 0},
        {"reason": "blank", "score": 0},
    ],
)
def test_without_a_final_verdict_of_a_judge_there_is_nothing_to_follow(
    changes: dict[str, Any],
) -> None:
    assert aim({"c2": "met"}, **changes) is None


@pytest.mark.parametrize("marks", [{}, {"c2": "contradicted"}, {"c4": "contradicted"}])
def test_where_nothing_was_earned_there_is_nothing_to_build_on(marks: dict[str, str]) -> None:
    assert aim(marks, score=0) is None


def test_without_claude_a_point_that_has_no_open_word_is_left_alone(settings: Settings) -> None:
    mute = {"marks": {"c2": "met"}, "question": "What is the weather?"}
    assert point_to_follow(graded(**mute)) is None  # type: ignore[arg-type]  # names two of them
    settings.GRADING_JUDGE = "claude"
    assert point_to_follow(graded(**mute)) is not None  # type: ignore[arg-type]  # as above


def test_what_is_aimed_at_is_laid_out_without_a_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    grade = graded({"c2": "met"})
    with django_assert_num_queries(0):
        point = point_to_follow(grade)
        assert point is not None
        missed = missed_of(point, grade)
    assert (missed.criterion.id, missed.mark.value, missed.others) == ("c3", "not_met", 1)
    assert missed.material.grader_notes == "Mild."
    assert [row.id for row in missed.material.criteria] == ["c1", "c2", "c3", "c4"]
