"""How a set is graded: a field left empty follows the site."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms

from grading.operations.policies import EFFORTS, possible_models, site_policy
from interview.models import QuestionSet

READINGS: Final = {
    0: "never",
    1: "once more",
    2: "once more, then by the strong model",
}
SHARES: Final = {
    "sure_from": (
        "Sure from",
        "A verdict whose confidence is below this is read again.",
    ),
    "pass_line": ("Pass line", "A score next to it is read again."),
    "near": ("How near to the pass line", "So near is next to it."),
}


class PolicyForm(forms.Form):
    """Shows what is inherited where nothing is chosen."""

    first = forms.ChoiceField(
        label="Model that judges", required=False, help_text="It reads every answer."
    )
    strong = forms.ChoiceField(
        label="Strong model",
        required=False,
        help_text="It reads what stays in doubt. A stronger model may cost twenty times as much; "
        "caps on the spend page hold for it too.",
    )
    effort = forms.ChoiceField(
        required=False, help_text="How hard the models think. More effort costs more tokens."
    )
    extra_calls = forms.TypedChoiceField(
        label="A doubtful answer is read again", required=False, coerce=int, empty_value=""
    )
    sure_from = forms.FloatField(required=False)
    pass_line = forms.FloatField(required=False)
    near = forms.FloatField(required=False)
    follow_ups = forms.BooleanField(
        label="Offer one follow-up question",
        required=False,
        help_text="After a verdict that missed something, in practice. It is graded apart. Where "
        "Claude grades, writing it is one more call, and its answer is graded like any other.",
    )

    def __init__(self, posted: Mapping[str, Any] | None, *, question_set: QuestionSet) -> None:
        site, own = site_policy(), question_set.grading
        super().__init__(posted, initial=own | {"follow_ups": question_set.follow_ups})
        for name in ("first", "strong"):
            models = dict.fromkeys([*possible_models(), str(own.get(name) or "")])
            names = [(model, model) for model in models if model]
            self._choose(name, names, getattr(site, name))
        self._choose("effort", [(effort, effort) for effort in EFFORTS], site.effort)
        self._choose("extra_calls", list(READINGS.items()), READINGS[site.extra_calls])
        for name, (label, help_text) in SHARES.items():
            inherited = f"{getattr(site, name):g}"
            field = self.fields[name]
            field.label = label
            field.help_text = f"{help_text} From 0 to 1; empty for {inherited}, as the site has it."
            field.widget = forms.NumberInput(
                attrs={"min": 0, "max": 1, "step": "any", "placeholder": inherited}
            )
            field.error_messages["invalid"] = self._mend(name)

    @property
    def changes(self) -> dict[str, Any]:
        """What departs from the site's settings."""
        found = self.cleaned_data.items()
        return {
            name: value for name, value in found if name != "follow_ups" and value not in {"", None}
        }

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for name in SHARES:
            value = found.get(name)
            if value is not None and not 0 <= value <= 1:
                self.add_error(name, self._mend(name))
        return found

    def _mend(self, name: str) -> str:
        inherited = f"{getattr(site_policy(), name):g}"
        return f"Write a number from 0 to 1, such as {inherited}, or leave it empty."

    def _choose(self, name: str, choices: list[tuple[Any, str]], inherited: str) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField), "declared so above"  # noqa: S101 - for mypy
        field.choices = [("", f"As the site: {inherited}"), *choices]
        field.error_messages["invalid_choice"] = "Choose one of the list."
