"""Looking in from behind, for operators: people, teams and topics can be mended here."""

from typing import Any

from django import forms
from django.contrib import admin

from interview.models import Membership, QuestionSet, Team, Topic
from interview.operations.policies import PolicyError, check_policy


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
    readonly_fields = ("team", "slug")
