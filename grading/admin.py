"""Looking in from behind, for operators. Nothing here can be changed: grades are append-only."""

from typing import TypeVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

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

Row = TypeVar("Row", bound=models.Model)


class CriterionRows(admin.TabularInline[Criterion, Rubric]):
    model = Criterion
    can_delete = False
    max_num = 0


class VerdictRows(admin.TabularInline[CriterionVerdict, Grade]):
    model = CriterionVerdict
    can_delete = False
    max_num = 0


class ReadOnly(admin.ModelAdmin[Row]):
    """Rows that only operations write."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:  # noqa: ARG002 - Django's signature
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


@admin.register(Account)
class AccountAdmin(ReadOnly[Account]):
    list_display = ("key", "parent", "cap", "period", "spent", "spent_in_month", "month")
    list_filter = ("period",)
    list_select_related = True
    search_fields = ("key",)


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
