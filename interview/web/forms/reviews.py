"""What a reviewer narrows the list by, and what a ruling is made of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.forms.boundfield import BoundField, BoundWidget
from django.utils.http import urlencode

from grading.models import Criterion, CriterionVerdict, Grade
from interview.models import Answer, QuestionSet, Team, Topic, User
from interview.queries.reviews import (
    FOR_A_PERSON,
    OVERRULED,
    candidates_of,
    in_state,
    on_topic,
    sets_sat_in,
    topics_asked_in,
)
from interview.templatetags.viva import face
from interview.web.mastery import name_of

Mark = CriterionVerdict.Mark
STATES = (
    ("", "Any state"),
    (FOR_A_PERSON, "For a person"),
    *Grade.State.choices,
    (OVERRULED, "Ruled by a person"),
)
POINT_MARKS = (
    (Mark.MET, "met"),
    (Mark.PARTIAL, "partial"),
    (Mark.NOT_MET, "missed"),
    (Mark.CONTRADICTED, "contradicted"),
)
MISCONCEPTION_MARKS = ((Mark.CONTRADICTED, "present"), (Mark.NOT_MET, "absent"))


class AnswerFilterForm(forms.Form):
    """What to show of a team's answers; a choice that does not exist is named and not applied."""

    set = forms.ModelChoiceField(
        QuestionSet.objects.none(), label="Question set", required=False, empty_label="All sets"
    )
    topic = forms.ModelChoiceField(
        Topic.objects.none(), required=False, to_field_name="slug", empty_label="All topics"
    )
    state = forms.ChoiceField(choices=STATES, required=False)
    candidate = forms.ModelChoiceField(
        User.objects.none(), required=False, to_field_name="username", empty_label="Everyone"
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choice(self, "set").queryset = sets_sat_in(team)
        _choice(self, "topic").queryset = topics_asked_in(team)
        _choice(self, "candidate").queryset = candidates_of(team)
        _choice(self, "candidate").label_from_instance = name_of  # type: ignore[assignment]  # the documented way is a subclass for one line
        self.is_valid()  # fills cleaned_data with what can be applied

    def narrow(self, answers: QuerySet[Answer]) -> QuerySet[Answer]:
        chosen = self.cleaned_data
        if chosen.get("set"):
            answers = answers.filter(session__version__question_set=chosen["set"])
        if chosen.get("candidate"):
            answers = answers.filter(session__candidate=chosen["candidate"])
        if chosen.get("topic"):
            answers = on_topic(answers, chosen["topic"])
        if chosen.get("state"):
            answers = in_state(answers, chosen["state"])
        return answers

    @property
    def query(self) -> str:
        """The filters as a query string with its question mark, or nothing without any."""
        kept = {name: self.data[name] for name in self.fields if self.cleaned_data.get(name)}
        return f"?{urlencode(kept)}" if kept else ""


@dataclass(frozen=True, slots=True)
class Segment:
    """One mark to choose: its radio button, shape and word."""

    widget: BoundWidget
    shape: str
    word: str


class RulingForm(forms.Form):
    """A mark for every criterion and a reason; ``grade`` is the one that the reviewer looked at."""

    grade = forms.ModelChoiceField(
        Grade.objects.none(), to_field_name="public_id", widget=forms.HiddenInput
    )
    reason = forms.CharField(
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=4000,
        help_text="The candidate and your team read it.",
        error_messages={"required": "Say why. The candidate and your team read it."},
    )

    def __init__(self, *args: Any, criteria: Sequence[Criterion], current: Grade, **kwargs: Any):
        super().__init__(*args, **kwargs)
        grades = Grade.objects.filter(submission=current.submission_id)
        _choice(self, "grade").queryset = grades
        marks = {verdict.criterion_id: verdict.mark for verdict in current.verdicts.all()}
        for criterion in criteria:
            wrong = criterion.kind == Criterion.Kind.MISCONCEPTION
            self.fields[_name(criterion)] = forms.ChoiceField(
                choices=MISCONCEPTION_MARKS if wrong else POINT_MARKS,
                widget=forms.RadioSelect,
                initial=marks.get(criterion.pk),
                error_messages={"required": "Rule on this point too."},
            )
        self.criteria = criteria

    @property
    def marks(self) -> Mapping[str, str]:
        """By criterion key, what was chosen; once the form is valid."""
        return {row.key: self.cleaned_data[_name(row)] for row in self.criteria}

    def field_of(self, criterion: Criterion) -> BoundField:
        return self[_name(criterion)]

    def segments_of(self, criterion: Criterion) -> Iterator[Segment]:
        for widget in self.field_of(criterion):
            mark = CriterionVerdict(mark=widget.data["value"], criterion=criterion)
            yield Segment(widget, face(mark).css, widget.choice_label)


def _name(criterion: Criterion) -> str:
    return f"mark-{criterion.key}"


def _choice(form: forms.Form, name: str) -> "forms.ModelChoiceField[Any]":
    return cast("forms.ModelChoiceField[Any]", form.fields[name])
