from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from grading.models import Criterion, Rubric
from interview.models import Question, QuestionSet, QuestionSetVersion, Team, Topic


class QuestionSetSerializer(serializers.ModelSerializer[QuestionSet]):
    """From ``queries.library.readable_sets``."""

    team = serializers.SlugRelatedField[Team](
        "slug", read_only=True, help_text="Without a team it belongs to the shared library."
    )
    latest_version = serializers.IntegerField(
        source="latest_number",
        read_only=True,
        allow_null=True,
        help_text="What a new session binds to; null while nothing is published.",
    )
    question_count = serializers.IntegerField(read_only=True, allow_null=True)

    class Meta:
        model = QuestionSet
        fields: tuple[str, ...] = (
            *("id", "slug", "title", "team", "latest_version", "question_count"),
        )


class VersionSummarySerializer(serializers.ModelSerializer[QuestionSetVersion]):
    """From ``queries.library.readable_versions``."""

    state = serializers.ChoiceField(QuestionSetVersion.State.choices, read_only=True)
    question_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = QuestionSetVersion
        fields = ("number", "state", "published_at", "question_count")


class QuestionSetDetailSerializer(QuestionSetSerializer):
    """``context["versions"]`` are those the person may see."""

    versions = serializers.SerializerMethodField()

    class Meta(QuestionSetSerializer.Meta):
        fields = (*QuestionSetSerializer.Meta.fields, "description", "versions")

    @extend_schema_field(VersionSummarySerializer(many=True))
    def get_versions(self, _question_set: QuestionSet) -> Any:
        return VersionSummarySerializer(self.context["versions"], many=True).data


class CriterionSerializer(serializers.ModelSerializer[Criterion]):
    kind = serializers.ChoiceField(Criterion.Kind.choices, read_only=True)

    class Meta:
        model = Criterion
        fields = ("key", "kind", "weight", "text")


class RubricSerializer(serializers.ModelSerializer[Rubric]):
    """What answers are graded against: for those who may edit the set, nobody else."""

    criteria = CriterionSerializer(many=True, read_only=True)

    class Meta:
        model = Rubric
        fields = ("reference_answer", "grader_notes", "criteria")


class QuestionSerializer(serializers.ModelSerializer[Question]):
    """``context["editable"]`` says whether the person may edit the set."""

    prompt = serializers.CharField(source="asks", help_text="Markdown.", read_only=True)
    topics = serializers.SlugRelatedField[Topic]("slug", many=True, read_only=True)
    rubric = serializers.SerializerMethodField()

    class Meta:
        model = Question
        fields = ("key", "position", "title", "prompt", "minutes", "topics", "rubric")

    @extend_schema_field(RubricSerializer(allow_null=True))
    def get_rubric(self, question: Question) -> Any:
        return RubricSerializer(question.rubric).data if self.context["editable"] else None


class VersionSerializer(serializers.ModelSerializer[QuestionSetVersion]):
    """``context["questions"]`` in order, with what ``QuestionSerializer`` needs."""

    question_set = serializers.PrimaryKeyRelatedField[QuestionSet](read_only=True)
    state = serializers.ChoiceField(QuestionSetVersion.State.choices, read_only=True)
    questions = serializers.SerializerMethodField()

    class Meta:
        model = QuestionSetVersion
        fields = ("question_set", "number", "state", "published_at", "questions")

    @extend_schema_field(QuestionSerializer(many=True))
    def get_questions(self, _version: QuestionSetVersion) -> Any:
        return QuestionSerializer(self.context["questions"], many=True, context=self.context).data
