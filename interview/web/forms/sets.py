"""A set's name and description."""

from typing import Any

from django import forms

from interview.formats.slugs import slug_of
from interview.models import QuestionSet, Team
from interview.web.forms.prose import ProseField


class SetForm(forms.Form):
    """What can change at any time."""

    title = forms.CharField(max_length=160, error_messages={"required": "Give the set a title."})
    description = ProseField(
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Whom it is for and what it asks about, in a paragraph or two of Markdown.",
    )


class NewSetForm(SetForm):
    """The same with the slug, which stays."""

    slug = forms.SlugField(
        label="Short name",
        required=False,
        max_length=80,
        help_text="Part of the set's address, and how an import finds it again. It never changes; "
        "leave it empty to have it made from the title.",
        error_messages={"invalid": "Use letters, digits and hyphens only."},
    )
    field_order = ["title", "slug", "description"]

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.team = team

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if not self.errors:
            slug = slug_of(found["slug"] or found["title"])
            if QuestionSet.objects.filter(team=self.team, slug=slug).exists():
                self.add_error(
                    "slug", f"Your team has a set named “{slug}” already. Choose another name."
                )
            found["slug"] = slug
        return found
