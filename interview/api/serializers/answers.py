from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from grading.models import Grade
from interview.models import Answer, InterviewSession, Question, QuestionSetVersion, Team, User
from interview.queries.sessions import grade_of

# An answer's state is that of its grade; before there is one, it is open.
STATES = [("open", "Not submitted yet"), *Grade.State.choices]


class AskedSerializer(serializers.ModelSerializer[Question]):
    class Meta:
        model = Question
        fields = ("key", "title")


class SatSerializer(serializers.ModelSerializer[QuestionSetVersion]):
    """The set and version that was sat."""

    id = serializers.IntegerField(source="question_set_id", read_only=True)
    slug = serializers.SlugField(source="question_set.slug", read_only=True)
    title = serializers.CharField(source="question_set.title", read_only=True)
    version = serializers.IntegerField(source="number", read_only=True)

    class Meta:
        model = QuestionSetVersion
        fields = ("id", "slug", "title", "version")


class PlaceSerializer(serializers.ModelSerializer[Answer]):
    """An answer within its session; read through ``queries.sessions.with_current_grade``."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    question = AskedSerializer(read_only=True)
    state = serializers.SerializerMethodField()
    score = serializers.SerializerMethodField(help_text="0 to 1; null unless graded.")
    confidence = serializers.SerializerMethodField(help_text="0 to 1; null unless graded.")
    provisional = serializers.SerializerMethodField(
        help_text="The score stands in for a judge that is away, which will supersede it, or that "
        "came and could not grade the answer: then `given_up` is among its grade's doubts."
    )

    class Meta:
        model = Answer
        fields: tuple[str, ...] = (
            *("id", "position", "attempt", "question", "state", "score", "confidence"),
            *("provisional", "submitted_at"),
        )

    @extend_schema_field(serializers.ChoiceField(STATES))
    def get_state(self, answer: Answer) -> str:
        grade = grade_of(answer)
        return grade.state if grade else "open"

    def get_score(self, answer: Answer) -> float | None:
        grade = grade_of(answer)
        return grade.score if grade else None

    def get_provisional(self, answer: Answer) -> bool:
        grade = grade_of(answer)
        return grade is not None and grade.provisional

    def get_confidence(self, answer: Answer) -> float | None:
        grade = grade_of(answer)
        return grade.confidence if grade else None


class AnswerSerializer(PlaceSerializer):
    """From ``queries.answers.with_origin``."""

    session = serializers.SlugRelatedField[InterviewSession]("public_id", read_only=True)
    follow_up_of = serializers.SlugRelatedField[Answer](
        "public_id",
        read_only=True,
        allow_null=True,
        help_text="The answer whose follow-up question this one is to; its score counts apart.",
    )
    candidate = serializers.SlugRelatedField[User](
        "username",
        source="session.candidate",
        read_only=True,
        allow_null=True,
        help_text="Null for an imported answer.",
    )
    imported_from = serializers.CharField(
        source="session.label", read_only=True, help_text="The label that it was imported with."
    )
    team = serializers.SlugRelatedField[Team](
        "slug", source="session.team", read_only=True, allow_null=True
    )
    question_set = SatSerializer(source="session.version", read_only=True)

    class Meta(PlaceSerializer.Meta):
        fields = (
            *PlaceSerializer.Meta.fields,
            *("session", "follow_up_of", "candidate", "imported_from", "team", "question_set"),
        )


class AnswerDetailSerializer(AnswerSerializer):
    prompt = serializers.CharField(
        source="asks",
        read_only=True,
        help_text="Markdown; of a follow-up its own question, empty while that is being written.",
    )
    text = serializers.SerializerMethodField(help_text="What was submitted; null before.")
    reference_answer = serializers.SerializerMethodField(help_text="Null before submission.")

    class Meta(AnswerSerializer.Meta):
        fields = (*AnswerSerializer.Meta.fields, "prompt", "text", "reference_answer")

    def get_text(self, answer: Answer) -> str | None:
        return answer.submission.text if answer.submission else None

    def get_reference_answer(self, answer: Answer) -> str | None:
        return answer.submission.rubric.reference_answer if answer.submission else None


class OpenPlaceSerializer(PlaceSerializer):
    """What a session asks at one of its places."""

    prompt = serializers.CharField(source="question.asks", read_only=True, help_text="Markdown.")
    minutes = serializers.IntegerField(source="question.minutes", read_only=True)

    class Meta(PlaceSerializer.Meta):
        fields = (*PlaceSerializer.Meta.fields, "prompt", "minutes")
