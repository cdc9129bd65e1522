from collections.abc import Mapping
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from grading.models import CriterionVerdict, Grade
from grading.operations.grades import request_grade
from grading.operations.rubrics import CriterionText, ensure_rubric
from grading.queries.gains import gains_of
from grading.queries.grades import current_grade

pytestmark = pytest.mark.django_db
CRITERIA = (
    CriterionText("required", Decimal(3), "The first point."),
    CriterionText("required", Decimal(1), "The second point."),
    CriterionText("bonus", Decimal(1), "One more."),
    CriterionText("misconception", Decimal(2), "What is not so."),
)


def graded(marks: Mapping[str, str]) -> Grade:
    rubric = ensure_rubric(
        question="What?", reference_answer="That.", grader_notes="", criteria=CRITERIA
    )
    grade = request_grade(rubric=rubric, text="An answer.")
    for criterion in rubric.criteria.all():
        CriterionVerdict.objects.create(
            grade=grade, criterion=criterion, mark=marks.get(criterion.key, "not_met")
        )
    return current_grade(grade.submission)


def test_gain_is_what_the_score_would_rise_by() -> None:
    assert gains_of(graded({"c1": "partial"})) == {"c1": 0.375, "c2": 0.25, "c3": 0.25}


def test_leaving_out_a_misconception_is_a_gain() -> None:
    gains = gains_of(graded({"c1": "met", "c2": "met", "c4": "contradicted"}))
    assert gains == {"c3": 0.25, "c4": 0.5}


def test_point_that_cannot_lift_the_score_is_not_there() -> None:
    assert gains_of(graded({"c1": "met", "c2": "met"})) == {}
    # Below the scale's floor, one small point alone changes nothing.
    assert gains_of(graded({"c4": "contradicted"})) == {"c1": 0.25}


def test_gains_cost_no_query_when_verdicts_are_at_hand(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    grade = graded({"c1": "met"})
    with django_assert_num_queries(0):
        assert gains_of(grade) == {"c2": 0.25, "c3": 0.25}
