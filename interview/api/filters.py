"""What lists can be narrowed by."""

import django_filters
from django.db.models import Exists, OuterRef, QuerySet

from grading.models import Grade
from interview.models import Answer, InterviewSession, QuestionSet


class QuestionSetFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    team = django_filters.CharFilter("team__slug", label="Slug of the team it belongs to.")
    topic = django_filters.CharFilter(
        "versions__questions__topics__slug", distinct=True, label="Slug of a topic it asks about."
    )

    class Meta:
        model = QuestionSet
        fields = ("team", "topic")


class SessionFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    question_set = django_filters.NumberFilter("version__question_set_id", label="Id of the set.")
    team = django_filters.CharFilter("team__slug", label="Slug of the team.")
    state = django_filters.ChoiceFilter(choices=InterviewSession.State.choices, label="State.")

    class Meta:
        model = InterviewSession
        fields = ("question_set", "team", "state")


class AnswerFilter(django_filters.FilterSet):  # type: ignore[misc]  # ships no types
    session = django_filters.UUIDFilter("session__public_id", label="Id of the session.")
    question_set = django_filters.NumberFilter(
        "session__version__question_set_id", label="Id of the set."
    )
    topic = django_filters.CharFilter(
        "question__topics__slug", label="Slug of a topic of the question."
    )
    team = django_filters.CharFilter("session__team__slug", label="Slug of the team.")
    candidate = django_filters.CharFilter("session__candidate__username", label="Who answered.")
    state = django_filters.ChoiceFilter(
        choices=Grade.State.choices, method="in_state", label="State of the current grade."
    )
    follow_up = django_filters.BooleanFilter(
        "follow_up_of",
        lookup_expr="isnull",
        exclude=True,
        label="Only answers to follow-up questions, or none of them.",
    )

    class Meta:
        model = Answer
        fields = ("session", "question_set", "topic", "team", "candidate", "state", "follow_up")

    def in_state(self, answers: QuerySet[Answer], _name: str, state: str) -> QuerySet[Answer]:
        current = Grade.objects.current().filter(submission=OuterRef("submission"), state=state)
        return answers.filter(Exists(current))
