"""Looking in from behind, for operators: people, teams and topics can be mended here."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from grading.models import Account
from grading.models.money import dollars
from grading.operations.policies import unpriced_models
from interview.models import Membership, QuestionSet, Team, Topic
from interview.operations.policies import PolicyError, check_policy
from interview.queries.payers import library_labels


class MembershipRows(admin.TabularInline[Membership, Team]):
    model = Membership
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin[Team]):
    list_display = ("name", "slug", "provisional_grades", "created_at")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (MembershipRows,)


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin[Topic]):
    list_display = ("name", "slug", "parent", "order")
    list_editable = ("order",)
    search_fields = ("name", "slug")


class QuestionSetForm(forms.ModelForm[QuestionSet]):
    def clean_grading(self) -> dict[str, Any]:
        try:
            return check_policy(
                question_set=self.instance, changes=self.cleaned_data["grading"] or {}
            )
        except PolicyError as error:
            raise forms.ValidationError(str(error)) from None


@admin.register(QuestionSet)
class QuestionSetAdmin(admin.ModelAdmin[QuestionSet]):
    form = QuestionSetForm
    list_display = ("title", "team", "slug")
    list_filter = ("team",)
    search_fields = ("title", "slug")
    readonly_fields = ("team", "slug", "practice")

    def get_fields(self, request: HttpRequest, obj: QuestionSet | None = None) -> list[Any]:
        """What practice costs is for who may see accounts."""
        fields = list(super().get_fields(request, obj))
        if not request.user.has_perm("grading.view_account"):
            fields.remove("practice")
        return fields

    def save_model(
        self,
        request: HttpRequest,
        obj: QuestionSet,
        form: forms.ModelForm[QuestionSet],
        change: bool,
    ) -> None:
        super().save_model(request, obj, form, change)
        for model in unpriced_models(obj.grading, on=timezone.now().date()):
            told = f"No price is known for {model}: no cap stops what it is asked."
            messages.warning(request, told)

    @admin.display(description="Practice on it")
    def practice(self, question_set: QuestionSet) -> str:
        """Its account, where the operator pays and may set a cap."""
        if question_set.team_id is not None:
            return "paid by its team"
        account = Account.objects.filter(key=library_labels(question_set)[-1]).first()
        if account is None:
            return "no account until it is published"
        cap = "no cap" if account.cap is None else f"cap {dollars(account.cap)}"
        return format_html(
            '<a href="{}">{} spent this month, {}</a>',
            reverse("admin:grading_account_change", args=[account.pk]),
            dollars(account.spent_in(timezone.now())),
            cap,
        )
