"""References in what is sent: each finds only what is within the sender's reach."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from interview.api.permissions import person
from interview.models import Answer, InterviewSession, Permission, QuestionSet, Team
from interview.queries.library import sets_to_sit


@extend_schema_field(OpenApiTypes.INT)
class SetToSit(serializers.PrimaryKeyRelatedField[QuestionSet]):
    default_error_messages = {
        "does_not_exist": "There is no published set {pk_value} within your reach."
    }

    def get_queryset(self) -> QuerySet[QuestionSet]:
        return sets_to_sit(person(self.context["request"]))


@extend_schema_field(OpenApiTypes.STR)
class MyTeam(serializers.SlugRelatedField[Team]):
    default_error_messages = {"does_not_exist": "You are in no team called “{value}”."}

    def __init__(self, **options: bool | str) -> None:
        super().__init__("slug", **options)  # type: ignore[arg-type]  # DRF's own options

    def get_queryset(self) -> QuerySet[Team]:
        return Team.objects.for_user(person(self.context["request"]), Permission.TAKE_INTERVIEW)


class MySession(serializers.UUIDField):
    """A UUID out, the sitting itself in."""

    default_error_messages = {"does_not_exist": "You have no such session."}

    def to_internal_value(self, data: Any) -> InterviewSession:  # type: ignore[override]  # the row it names
        sessions = InterviewSession.objects.for_candidate(person(self.context["request"]))
        session = sessions.filter(public_id=super().to_internal_value(data)).first()
        if session is None:
            self.fail("does_not_exist")
        return session


class MyFollowUp(serializers.UUIDField):
    """The id of an answer in, the answer to its follow-up question out."""

    default_error_messages = {"does_not_exist": "You were asked no follow-up to such an answer."}

    def to_internal_value(self, data: Any) -> Answer:  # type: ignore[override]  # the row it names
        answers = Answer.objects.for_candidate(person(self.context["request"]))
        first = super().to_internal_value(data)
        reply = answers.filter(follow_up_of__public_id=first).first()
        if reply is None:
            self.fail("does_not_exist")
        return reply


def team_of(attrs: dict[str, Any]) -> Team | None:
    """Whose reviewers will read the answers: the set's own team unless said otherwise.

    A team's set is sat in that team, or for oneself alone (``null``).
    """
    owner = attrs["question_set"].team
    team: Team | None = attrs.get("team", owner)
    if team is not None and owner is not None and team != owner:
        raise serializers.ValidationError({"team": "This set belongs to another team."})
    return team
