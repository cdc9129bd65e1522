"""How much may be spent, by the team and by each set."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from grading.models import Account
from grading.models.money import in_dollars, in_micro_dollars
from interview.queries.spend import Budget

PERIODS = {Account.Period.MONTH: "a month", Account.Period.TOTAL: "in total"}


class BudgetForm(forms.Form):
    """One row of the table; `budget` is what it changes."""

    cap = forms.DecimalField(
        label="Cap in dollars",
        required=False,
        min_value=Decimal(0),
        max_digits=15,
        decimal_places=6,
        # "any", as a cap may be as fine as the amounts beside it: cents alone would be refused them
        widget=forms.NumberInput(attrs={"step": "any", "placeholder": "none"}),
        error_messages={
            "invalid": "Write an amount in dollars, such as 25 or 2.50.",
            "min_value": "A cap cannot be below zero. Leave it empty for none.",
        },
    )
    period = forms.ChoiceField(label="For", choices=list(PERIODS.items()))

    def __init__(self, posted: Mapping[str, Any] | None, *, budget: Budget) -> None:
        owner = budget.question_set
        initial = {
            "cap": None if budget.cap is None else in_dollars(budget.cap),
            "period": budget.period,
        }
        prefix = f"set-{owner.pk}" if owner else "team"
        super().__init__(posted, prefix=prefix, initial=initial)
        self.budget = budget

    @property
    def micro_dollars(self) -> int | None:
        cap = self.cleaned_data["cap"]
        return None if cap is None else in_micro_dollars(cap)


def budget_forms(budgets: Sequence[Budget], posted: Mapping[str, Any] | None) -> list[BudgetForm]:
    return [BudgetForm(posted, budget=budget) for budget in budgets]
