"""What a candidate chooses before a sitting."""

from typing import Any, cast

from django import forms

from interview.models import Permission, QuestionSetVersion, Team, Topic, User
from interview.queries.library import topics_of

LENGTHS = (3, 5, 10)
USUAL_LENGTH = 5


class StartForm(forms.Form):
    """Topics, length and company of a sitting of ``version``; ``teams`` are those who may read it.

    Nobody but the teams offered can be chosen: a team's own set stays in that team.
    """

    topics = forms.ModelMultipleChoiceField(
        Topic.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),
        required=False,
        empty_label="Only me",
        widget=forms.RadioSelect,
        blank=True,
    )

    def __init__(
        self, *args: Any, version: QuestionSetVersion, candidate: User, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        owner = version.question_set.team
        teams = Team.objects.for_user(candidate, Permission.TAKE_INTERVIEW).order_by("name")
        count = version.questions.count()
        _choice(self, "topics").queryset = topics_of(version)
        _choice(self, "team").queryset = teams.filter(pk=owner.pk) if owner else teams
        self.fields["length"] = forms.TypedChoiceField(
            choices=[
                *((str(length), str(length)) for length in LENGTHS if length < count),
                ("", f"All {count}"),
            ],
            coerce=int,
            empty_value=None,
            required=False,
            widget=forms.RadioSelect,
            initial=str(USUAL_LENGTH) if count > USUAL_LENGTH else "",
        )
        if not teams:
            del self.fields["team"]
        elif len(teams) == 1 or owner:
            self.fields["team"].initial = owner or teams[0]  # a guest of one team sits for it


def _choice(form: forms.Form, name: str) -> "forms.ModelChoiceField[Any]":
    return cast("forms.ModelChoiceField[Any]", form.fields[name])
