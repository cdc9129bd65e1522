"""Why the queue is to pause, and for how long."""

from datetime import timedelta

from django import forms

LENGTHS = {0: "Until somebody resumes it", 1: "An hour", 8: "8 hours", 24: "A day"}


class PauseForm(forms.Form):
    why = forms.CharField(
        label="Reason",
        max_length=300,
        help_text="Admins of every team read it. Candidates are told only that grading is paused.",
        error_messages={"required": "Say why. Everybody who waits for it will ask."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    length = forms.TypedChoiceField(
        label="For how long",
        choices=list(LENGTHS.items()),
        initial=0,
        coerce=lambda hours: timedelta(hours=int(hours)) or None,
        empty_value=None,
    )
