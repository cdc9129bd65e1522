from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from grading.models import CriterionVerdict, Grade
from interview.api.serializers.question_sets import CriterionSerializer
from interview.models import User


class EvidenceSerializer(serializers.Serializer[Any]):
    """A place in the answer's text, in characters; ``end`` is exclusive."""

    start = serializers.IntegerField()
    end = serializers.IntegerField()
    quote = serializers.CharField()


class VerdictSerializer(serializers.ModelSerializer[CriterionVerdict]):
    """What a grade says of one criterion. Read it through its grade, whose submission is loaded."""

    criterion = CriterionSerializer(read_only=True)
    mark = serializers.ChoiceField(CriterionVerdict.Mark.choices, read_only=True)
    evidence = serializers.SerializerMethodField()

    class Meta:
        model = CriterionVerdict
        fields = ("criterion", "mark", "evidence", "justification", "confidence")

    @extend_schema_field(EvidenceSerializer(many=True))
    def get_evidence(self, verdict: CriterionVerdict) -> list[dict[str, Any]]:
        text = verdict.grade.submission.text
        return [
            {"start": start, "end": end, "quote": text[start:end]}
            for start, end in verdict.evidence
        ]


class GradeSerializer(serializers.ModelSerializer[Grade]):
    """From ``queries.answers.grades_of``."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    answer = serializers.UUIDField(source="submission.answer.public_id", read_only=True)
    state = serializers.ChoiceField(Grade.State.choices, read_only=True)
    score = serializers.FloatField(
        read_only=True,
        allow_null=True,
        help_text="0 to 1; null unless graded. “Could not grade” is a state, never a zero.",
    )
    confidence = serializers.FloatField(read_only=True, allow_null=True, help_text="0 to 1.")
    doubts = serializers.ListField(
        child=serializers.CharField(),
        read_only=True,
        help_text="Why a person should look; empty when nobody need to.",
    )
    supersedes = serializers.SlugRelatedField[Grade](
        "public_id", read_only=True, help_text="The grade that this one took the place of."
    )
    ruled_by = serializers.SlugRelatedField[User](
        "username", read_only=True, help_text="The person whose ruling it is, if it is one."
    )
    verdicts = VerdictSerializer(many=True, read_only=True)

    class Meta:
        model = Grade
        fields = (
            *("id", "answer", "state", "score", "confidence", "reason", "detail", "feedback"),
            *("provisional", "waiting_for"),
            *("judge", "model", "prompt_version", "milliseconds", "injection_suspected"),
            "doubts",
            *("supersedes", "ruled_by", "ruling_reason", "created_at", "finished_at", "verdicts"),
        )


class RulingSerializer(serializers.Serializer[Any]):
    """A person's marks on every criterion, and why."""

    marks = serializers.DictField(
        child=serializers.ChoiceField(CriterionVerdict.Mark.choices),
        help_text='A mark for each criterion, by its key: `{"c1": "met"}`.',
    )
    reason = serializers.CharField(
        max_length=4000, help_text="The candidate and your team will read it."
    )
    grade = serializers.UUIDField(
        required=False,
        help_text="The grade you looked at: with it, a ruling made meanwhile is a 409.",
    )
