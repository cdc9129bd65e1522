"""Criteria as rows of a form: repeated fields, whose order on the page is the order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django import forms
from django.http import QueryDict

from grading.models import Criterion
from grading.operations.rubrics import CriterionText

MOST_CRITERIA = 30
LONGEST_CRITERION = 1000
NAMES = ("criterion-text", "criterion-kind", "criterion-weight")


@dataclass(frozen=True, slots=True)
class TypedCriterion:
    """One row exactly as it was typed, right or wrong."""

    text: str = ""
    kind: str = Criterion.Kind.REQUIRED.value
    weight: str = "1"


class CriterionForm(forms.Form):
    """One row. ``number`` counts from 1 and is part of its labels."""

    prefix = "criterion"
    text = forms.CharField(
        max_length=LONGEST_CRITERION,
        widget=forms.Textarea(attrs={"rows": 1}),
        error_messages={"required": "Say what an answer must state, or remove the row."},
    )
    kind = forms.ChoiceField(choices=Criterion.Kind.choices)
    weight = forms.DecimalField(
        min_value=Decimal("0.01"),
        max_digits=5,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "0.5", "min": "0.5", "inputmode": "decimal"}),
        error_messages={
            "required": "Give it a weight, such as 1.",
            "invalid": "A weight is a number, such as 1.5.",
            "min_value": "A weight is above zero.",
        },
    )

    def __init__(self, row: TypedCriterion, number: int, *, check: bool = False) -> None:
        values = {"text": row.text, "kind": row.kind, "weight": row.weight}
        super().__init__(
            data={f"{self.prefix}-{name}": value for name, value in values.items()}
            if check
            else None,
            initial=None if check else values,
            auto_id=f"row-{number}-%s",
        )
        self.typed, self.number = row, number
        for name, label in (
            ("text", f"Criterion {number}"),
            ("kind", f"Kind of criterion {number}"),
            ("weight", f"Weight of criterion {number}"),
        ):
            self.fields[name].widget.attrs["aria-label"] = label

    @property
    def criterion(self) -> CriterionText:
        """What a valid row says."""
        found = self.cleaned_data
        return CriterionText(found["kind"], found["weight"], " ".join(found["text"].split()))


def typed_rows(data: QueryDict) -> list[TypedCriterion]:
    """The rows of a posted form, those beyond the limit left out."""
    columns = [data.getlist(name) for name in NAMES]
    rows = [TypedCriterion(*values) for values in zip(*columns, strict=False)]
    return rows[:MOST_CRITERIA]


def filled(rows: Iterable[TypedCriterion]) -> list[TypedCriterion]:
    """Rows in which something is said."""
    return [row for row in rows if row.text.strip()]


def rows_from(criteria: Iterable[CriterionText]) -> list[TypedCriterion]:
    return [TypedCriterion(row.text, row.kind, f"{row.weight.normalize():f}") for row in criteria]


def rearranged(rows: Sequence[TypedCriterion], action: str) -> list[TypedCriterion]:
    """The rows after a button: "add", or "up", "down", "remove" with a row's number ("up-2").

    A button that means nothing here changes nothing.
    """
    result = list(rows)
    verb, _, number = action.partition("-")
    if verb == "add" and len(result) < MOST_CRITERIA:
        return [*result, TypedCriterion()]
    place = int(number) - 1 if number.isdecimal() else -1
    if not 0 <= place < len(result):
        return result
    row = result.pop(place)
    if verb in {"up", "down"}:
        result.insert(max(place - 1, 0) if verb == "up" else place + 1, row)
    elif verb != "remove":
        result.insert(place, row)
    return result


def with_drafted(
    rows: Sequence[TypedCriterion], drafted: Iterable[CriterionText]
) -> list[TypedCriterion]:
    """What is typed already, and below it every drafted criterion that it lacks."""
    kept = filled(rows)
    said = {" ".join(row.text.split()).casefold() for row in kept}
    new = [row for row in rows_from(drafted) if row.text.casefold() not in said]
    return [*kept, *new][:MOST_CRITERIA]


def shares(rows: Iterable[TypedCriterion]) -> list[str]:
    """What each row adds to a score or takes off, in percent of all that is required."""
    read = [(row.kind, _weight(row)) for row in rows]
    whole = sum(weight for kind, weight in read if kind == Criterion.Kind.REQUIRED)
    return [_share(kind, weight, whole) for kind, weight in read]


def _share(kind: str, weight: Decimal | int, whole: Decimal | int) -> str:
    if not weight or not whole:
        return ""
    sign = {"bonus": "+\u2009", "misconception": "\u2212\u2009"}.get(kind, "")
    return f"{sign}{100 * weight / whole:.0f}%"


def _weight(row: TypedCriterion) -> Decimal | int:
    try:
        weight = Decimal(row.weight)
    except InvalidOperation:
        return 0
    return weight if row.text.strip() and weight.is_finite() and weight > 0 else 0
