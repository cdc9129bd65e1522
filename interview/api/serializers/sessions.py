from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from interview.api.fields import MyTeam, SetToSit, team_of
from interview.api.serializers.answers import OpenPlaceSerializer, SatSerializer
from interview.models import InterviewSession, Team, Topic
from interview.queries.library import published_version, topics_of


class SessionSerializer(serializers.ModelSerializer[InterviewSession]):
    """From ``queries.sessions.counted_sessions``."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    team = serializers.SlugRelatedField[Team]("slug", read_only=True)
    question_set = SatSerializer(source="version", read_only=True)
    topics = serializers.SlugRelatedField[Topic]("slug", many=True, read_only=True)
    mode = serializers.ChoiceField(InterviewSession.Mode.choices, read_only=True)
    state = serializers.ChoiceField(InterviewSession.State.choices, read_only=True)
    asked = serializers.IntegerField(read_only=True, help_text="How many questions it has.")
    answered = serializers.IntegerField(read_only=True, help_text="How many were submitted.")

    class Meta:
        model = InterviewSession
        fields: tuple[str, ...] = (
            *("id", "question_set", "team", "topics", "mode", "state", "asked", "answered"),
            *("started_at", "finished_at"),
        )


class SessionDetailSerializer(SessionSerializer):
    """``context["answers"]`` are from ``queries.sessions.answers_of``."""

    answers = serializers.SerializerMethodField()

    class Meta(SessionSerializer.Meta):
        fields = (*SessionSerializer.Meta.fields, "answers")

    @extend_schema_field(OpenPlaceSerializer(many=True))
    def get_answers(self, _session: InterviewSession) -> Any:
        return OpenPlaceSerializer(self.context["answers"], many=True).data


class NewSessionSerializer(serializers.Serializer[Any]):
    question_set = SetToSit()
    topics = serializers.ListField(
        child=serializers.SlugField(),
        max_length=100,
        required=False,
        help_text="Slugs of the topics to be asked about; none means all.",
    )
    team = MyTeam(
        required=False, allow_null=True, help_text="Slug of the team that may read the answers."
    )
    limit = serializers.IntegerField(
        min_value=1, max_value=1000, required=False, allow_null=True, help_text="Questions at most."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        version = published_version(attrs["question_set"])
        if version is None:
            raise serializers.ValidationError({"question_set": "Nothing of it is published."})
        wanted = set(attrs.get("topics", ()))
        topics = list(topics_of(version).filter(slug__in=wanted)) if wanted else []
        if unknown := wanted - {topic.slug for topic in topics}:
            raise serializers.ValidationError(
                {"topics": f"The set asks nothing about {', '.join(sorted(unknown))}."}
            )
        return {
            "version": version,
            "topics": topics,
            "team": team_of(attrs),
            "limit": attrs.get("limit"),
        }
