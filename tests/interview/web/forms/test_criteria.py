from decimal import Decimal

import pytest
from django.http import QueryDict

from grading.operations.rubrics import CriterionText
from interview.web.forms.criteria import (
    MOST_CRITERIA,
    CriterionForm,
    TypedCriterion,
    filled,
    rearranged,
    rows_from,
    shares,
    typed_rows,
    with_drafted,
)

A, B, C = (TypedCriterion(text) for text in "abc")


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("up-2", [B, A, C]),
        ("up-1", [A, B, C]),
        ("down-1", [B, A, C]),
        ("down-3", [A, B, C]),
        ("remove-2", [A, C]),
        ("add", [A, B, C, TypedCriterion()]),
        ("up-0", [A, B, C]),
        ("up-4", [A, B, C]),
        ("remove-x", [A, B, C]),
        ("burn-1", [A, B, C]),
        ("", [A, B, C]),
    ],
)
def test_buttons_rearrange_rows(action: str, expected: list[TypedCriterion]) -> None:
    assert rearranged([A, B, C], action) == expected


def test_rows_are_read_in_the_order_of_the_page_and_up_to_a_limit() -> None:
    data = QueryDict(mutable=True)
    data.setlist("criterion-text", ["first", "second", "without kind"])
    data.setlist("criterion-kind", ["bonus", "required"])
    data.setlist("criterion-weight", ["1", "x"])
    assert typed_rows(data) == [
        TypedCriterion("first", "bonus", "1"),
        TypedCriterion("second", "required", "x"),
    ]
    for name in ("text", "kind", "weight"):
        data.setlist(f"criterion-{name}", ["1"] * (MOST_CRITERIA + 5))
    assert len(typed_rows(data)) == MOST_CRITERIA


def test_blank_rows_are_passed_over() -> None:
    assert filled([TypedCriterion("  "), A, TypedCriterion(weight="7")]) == [A]


def test_shares_are_of_what_is_required() -> None:
    rows = [
        TypedCriterion("a", "required", "3"),
        TypedCriterion("b", "required", "1"),
        TypedCriterion("c", "bonus", "1"),
        TypedCriterion("d", "misconception", "2"),
        TypedCriterion("e", "required", "much"),
        TypedCriterion("f", "required", "NaN"),
        TypedCriterion("", "required", "4"),
    ]
    assert shares(rows) == ["75%", "25%", "+\u200925%", "\u2212\u200950%", "", "", ""]
    assert shares([TypedCriterion("only", "bonus", "1")]) == [""]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (TypedCriterion("a", "required", "0"), "weight"),
        (TypedCriterion("a", "required", "-1"), "weight"),
        (TypedCriterion("a", "required", "heavy"), "weight"),
        (TypedCriterion("a", "required", "NaN"), "weight"),
        (TypedCriterion("a", "required", "1000"), "weight"),
        (TypedCriterion("a", "grand", "1"), "kind"),
        (TypedCriterion("x" * 1001, "required", "1"), "text"),
    ],
)
def test_a_wrong_row_says_where(row: TypedCriterion, field: str) -> None:
    form = CriterionForm(row, 1, check=True)
    assert list(form.errors) == [field]


def test_a_right_row_is_a_criterion_on_one_line() -> None:
    form = CriterionForm(TypedCriterion(" Says\r\n so ", "bonus", "1.5"), 1, check=True)
    assert form.is_valid()
    assert form.criterion == CriterionText("bonus", Decimal("1.5"), "Says so")


def test_a_draft_keeps_what_is_typed_and_adds_what_is_new() -> None:
    drafted = (
        CriterionText("required", Decimal("3.00"), "A"),
        CriterionText("required", Decimal(20), "New"),
    )
    assert with_drafted([TypedCriterion(), A], drafted) == [A, TypedCriterion("New", weight="20")]
    assert rows_from(drafted)[0].weight == "3"
