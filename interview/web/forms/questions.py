"""A question as its author fills it in: its own fields and its criteria together."""

from typing import Any, Self

from django import forms
from django.http import QueryDict

from interview.models import Team, Topic
from interview.operations.edits import fingerprint
from interview.operations.questions import QuestionText
from interview.queries.editor import topics_for_team
from interview.web.forms.criteria import (
    CriterionForm,
    TypedCriterion,
    filled,
    rows_from,
    shares,
    typed_rows,
)
from interview.web.forms.prose import ProseField

LONGEST_TEXT = 50_000  # characters; the preview takes no more either
EMPTY_ROWS = 3  # what a new question begins with


class QuestionForm(forms.Form):
    title = forms.CharField(
        max_length=200,
        error_messages={"required": "Give the question a title; it may be the question itself."},
    )
    prompt = ProseField(
        label="Question",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"class": "reading", "rows": 3}),
        help_text="What the candidate reads, in Markdown. Leave it empty when the title asks it.",
    )
    minutes = forms.IntegerField(label="Suggested minutes", min_value=1, max_value=240, initial=4)
    topics = forms.ModelMultipleChoiceField(
        queryset=Topic.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    new_topic = forms.CharField(label="New topic", required=False, max_length=120)
    reference_answer = ProseField(
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"class": "source", "rows": 12}),
    )
    grader_notes = ProseField(
        label="Notes for graders",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Candidates never see these, nor does the feedback repeat them.",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = self.fields["topics"]
        assert isinstance(topics, forms.ModelMultipleChoiceField)  # noqa: S101 - for mypy
        topics.queryset = topics_for_team(team)


class QuestionSheet:
    """The form and its rows. Only what ``posted`` made is checked; the others show what is
    there, errors and all, so that nothing typed gets lost on the way."""

    def __init__(
        self, form: QuestionForm, rows: list[TypedCriterion], *, check: bool = False
    ) -> None:
        self.form = form
        self.rows = [
            CriterionForm(row, number, check=check) for number, row in enumerate(rows, start=1)
        ]

    @classmethod
    def blank(cls, team: Team) -> Self:
        return cls(QuestionForm(team=team), [TypedCriterion()] * EMPTY_ROWS)

    @classmethod
    def showing(cls, text: QuestionText, team: Team) -> Self:
        initial = {
            "title": text.title,
            "prompt": text.prompt,
            "minutes": text.minutes,
            "topics": [topic.pk for topic in text.topics],
            "reference_answer": text.reference_answer,
            "grader_notes": text.grader_notes,
            "seen": fingerprint(text),
        }
        return cls(
            QuestionForm(team=team, initial=initial),
            rows_from(text.criteria) or [TypedCriterion()] * EMPTY_ROWS,
        )

    @classmethod
    def typed(cls, data: QueryDict, team: Team, rows: list[TypedCriterion] | None = None) -> Self:
        """Everything as posted, unchecked, with other rows where ``rows`` gives them."""
        initial = {name: data.get(name, "") for name in QuestionForm.base_fields}
        form = QuestionForm(team=team, initial=initial | {"topics": data.getlist("topics")})
        return cls(form, typed_rows(data) if rows is None else rows)

    @classmethod
    def posted(cls, data: QueryDict, team: Team) -> Self:
        return cls(QuestionForm(data, team=team), filled(typed_rows(data)), check=True)

    def is_valid(self) -> bool:
        # A list on purpose: every row is to show its errors.
        return all([self.form.is_valid(), *[row.is_valid() for row in self.rows]])

    @property
    def text(self) -> QuestionText:
        """What a valid sheet says."""
        found = self.form.cleaned_data
        return QuestionText(
            title=" ".join(found["title"].split()),
            prompt=found["prompt"],
            reference_answer=found["reference_answer"],
            criteria=tuple(row.criterion for row in self.rows),
            topics=frozenset(found["topics"]),
            grader_notes=found["grader_notes"],
            minutes=found["minutes"],
        )

    @property
    def rows_with_shares(self) -> list[tuple[CriterionForm, str]]:
        weighed = shares(row.typed for row in self.rows)
        return list(zip(self.rows, weighed, strict=True))

    @property
    def empty_row(self) -> CriterionForm:
        """What a script copies to add a row."""
        return CriterionForm(TypedCriterion(), len(self.rows) + 1)
