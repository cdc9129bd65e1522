"""Looking in from behind, for operators. Of what is here caps alone can be changed: grades and the
ledger are append-only."""

from decimal import Decimal
from typing import Any, TypeVar

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from grading.models import (
    Account,
    Criterion,
    CriterionVerdict,
    Grade,
    ModelCall,
    OpenCall,
    QueuePause,
    Rubric,
)
from grading.models.account import month_of
from grading.models.money import dollars, in_dollars, in_micro_dollars
from grading.operations.budget import set_cap
from grading.operations.policies import unpriced_models
from grading.queries.accounts import accounts_within, held_by_account, waiting_at
from grading.queries.spend import unpriced_calls

Row = TypeVar("Row", bound=models.Model)


class CriterionRows(admin.TabularInline[Criterion, Rubric]):
    model = Criterion
    can_delete = False
    max_num = 0


class VerdictRows(admin.TabularInline[CriterionVerdict, Grade]):
    model = CriterionVerdict
    can_delete = False
    max_num = 0


class Kept(admin.ModelAdmin[Row]):
    """Rows that only operations add, and that nobody deletes."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:  # noqa: ARG002 - Django's signature
        return False


class ReadOnly(Kept[Row]):
    """Rows that only operations write."""

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:  # noqa: ARG002 - Django's signature
        return False


@admin.register(Rubric)
class RubricAdmin(ReadOnly[Rubric]):
    list_display = ("question", "created_at")
    search_fields = ("question",)
    inlines = (CriterionRows,)


@admin.register(Grade)
class GradeAdmin(ReadOnly[Grade]):
    list_display = ("public_id", "state", "reason", "judge", "score", "confidence", "created_at")
    list_filter = ("state", "judge", "reason")
    list_select_related = True
    search_fields = ("public_id",)
    inlines = (VerdictRows,)


class CapForm(forms.ModelForm[Account]):
    """What an operator may change of an account; `cap` is typed in dollars and cleaned to
    micro-dollars."""

    cap = forms.DecimalField(
        label="Cap in dollars",
        required=False,
        min_value=Decimal(0),
        max_digits=15,
        decimal_places=6,
        widget=forms.NumberInput(attrs={"step": "any", "placeholder": "none"}),
        help_text="At the cap answers wait until it is raised or the month is over, and none is "
        "lost. Empty: no limit.",
        error_messages={
            "invalid": "Write an amount in dollars, such as 25 or 2.50.",
            "min_value": "A cap cannot be below zero. Leave it empty for none.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cap = self.instance.cap
        self.initial["cap"] = None if cap is None else in_dollars(cap)

    def clean_cap(self) -> int | None:
        cap = self.cleaned_data["cap"]
        return None if cap is None else in_micro_dollars(cap)


@admin.register(Account)
class AccountAdmin(Kept[Account]):
    """A cap holds for everything within the account."""

    form = CapForm
    list_display = ("key", "parent", "told_cap", "period", "this_month", "in_total")
    list_filter = ("period",)
    list_select_related = ("parent",)
    search_fields = ("key",)
    figures = ("this_month", "in_total", "held", "left", "waiting")
    readonly_fields = ("key", "parent", "told_cap", "uncounted", *figures)

    def get_fields(self, request: HttpRequest, obj: Account | None = None) -> tuple[str, ...]:
        cap = "cap" if self.has_change_permission(request, obj) else "told_cap"
        beware = ("uncounted",) if obj is not None and self.uncounted(obj) else ()
        return ("key", "parent", cap, "period", *beware, *self.figures)

    def save_model(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        obj: Account,
        form: forms.ModelForm[Account],
        change: bool,  # noqa: ARG002 - the same
    ) -> None:
        period = Account.Period(form.cleaned_data["period"])
        set_cap(keys=[obj.key], cap=form.cleaned_data["cap"], period=period)

    @admin.display(description="Cap", ordering="cap")
    def told_cap(self, account: Account) -> str:
        return "none" if account.cap is None else dollars(account.cap)

    @admin.display(description="Not counted")
    def uncounted(self, account: Account) -> str:
        """Empty where every call has a price."""
        now = timezone.now()
        told = [
            f"No price is known for {model}, which grades here: no cap stops what it is asked."
            for model in unpriced_models({}, on=now.date())
        ]
        if calls := unpriced_calls(accounts_within(account.key), month_of(now)):
            have = "calls of this month have" if calls > 1 else "call of this month has"
            told.append(f"{calls} {have} no price.")
        return " ".join(told)

    @admin.display(description="Spent this month")
    def this_month(self, account: Account) -> str:
        return dollars(account.spent_in(timezone.now()))

    @admin.display(description="Spent in total", ordering="spent")
    def in_total(self, account: Account) -> str:
        return dollars(account.spent)

    @admin.display(description="Held for calls under way")
    def held(self, account: Account) -> str:
        return dollars(held_by_account([account])[account.pk])

    @admin.display(description="Left")
    def left(self, account: Account) -> str:
        if account.cap is None:
            return "no cap"
        gone = account.spent_of_cap(timezone.now()) + held_by_account([account])[account.pk]
        return dollars(max(account.cap - gone, 0))

    @admin.display(description="Answers that wait for it")
    def waiting(self, account: Account) -> int:
        return waiting_at(account, timezone.now())


@admin.register(ModelCall)
class ModelCallAdmin(ReadOnly[ModelCall]):
    list_display = (
        "created_at",
        "account",
        "model",
        "error",
        "stop_reason",
        "batched",
        "micro_dollars",
        "milliseconds",
    )
    list_filter = ("model", "batched", "error", "stop_reason")
    list_select_related = ("account",)
    search_fields = ("request_id", "account__key")


@admin.register(OpenCall)
class OpenCallAdmin(ReadOnly[OpenCall]):
    list_display = ("opened_at", "account", "model", "most")
    list_select_related = ("account",)


@admin.register(QueuePause)
class QueuePauseAdmin(ReadOnly[QueuePause]):
    list_display = ("reason", "detail", "paused_at", "until", "resumed_at")
    list_filter = ("reason",)
