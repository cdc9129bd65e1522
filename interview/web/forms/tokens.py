"""What a token is for, what it may do, how long it lasts."""

from datetime import timedelta

from django import forms

from interview.models import Scope

LIFETIMES = {7: "7 days", 30: "30 days", 90: "90 days", 365: "A year"}


class TokenForm(forms.Form):
    name = forms.CharField(
        max_length=80,
        help_text="What will use it, so that you know it again: “nightly import”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label="It may",
        choices=Scope.choices,
        initial=[Scope.READ],
        widget=forms.CheckboxSelectMultiple,
        help_text="A token never does more than you may do yourself.",
    )
    lifetime = forms.TypedChoiceField(
        label="It expires after",
        choices=list(LIFETIMES.items()),
        initial=90,
        coerce=lambda days: timedelta(days=int(days)),
        empty_value=None,
    )
