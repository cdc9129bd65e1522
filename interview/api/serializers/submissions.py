from typing import Any

from rest_framework import serializers

from interview.api.fields import MyFollowUp, MySession, MyTeam, SetToSit, team_of
from interview.operations.answers import MAX_CHARACTERS
from interview.queries.library import published_version


class AnswerText(serializers.CharField):
    """A candidate's words, kept exactly as they were typed."""

    def __init__(self) -> None:
        super().__init__(
            allow_blank=True,
            trim_whitespace=False,
            max_length=MAX_CHARACTERS,
            help_text="Plain text or Markdown.",
        )


class PlaceAnswerSerializer(serializers.Serializer[Any]):
    """An answer at a place of a session that is open already."""

    session = MySession()
    position = serializers.IntegerField(min_value=1, max_value=32767)
    text = AnswerText()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        places = attrs["session"].answers.without_follow_ups()
        answer = places.filter(position=attrs["position"]).first()
        if answer is None:
            raise serializers.ValidationError({"position": "The session has no such place."})
        return {"answer": answer, "text": attrs["text"]}


class FollowUpAnswerSerializer(serializers.Serializer[Any]):
    """An answer to the follow-up question of an earlier answer of one's own."""

    follow_up_of = MyFollowUp(help_text="Id of the answer that the question follows up.")
    text = AnswerText()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"answer": attrs["follow_up_of"], "text": attrs["text"]}


class QuestionAnswerSerializer(serializers.Serializer[Any]):
    """An answer to one question on its own; it makes a session of that question."""

    question_set = SetToSit()
    question = serializers.SlugField(max_length=80, help_text="The question's key.")
    team = MyTeam(required=False, allow_null=True)
    text = AnswerText()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        version = published_version(attrs["question_set"])
        question = version.questions.filter(key=attrs["question"]).first() if version else None
        if question is None:
            raise serializers.ValidationError(
                {"question": "The set's latest version asks no such question."}
            )
        team = team_of(attrs)
        return {"question": question, "text": attrs["text"], "team": team}
