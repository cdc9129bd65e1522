"""From ``queries.spend``. Amounts are whole micro-dollars, millionths of a dollar."""

from typing import Any

from rest_framework import serializers

from grading.models import Account, ModelCall

MICRO = "Micro-dollars."


class MonthSerializer(serializers.Serializer[Any]):
    """What to ask for."""

    month = serializers.CharField(
        required=False, help_text="Such as 2026-11, in UTC; the present month by default."
    )


class SumsSerializer(serializers.Serializer[Any]):
    calls = serializers.IntegerField(help_text="Failed ones too.")
    failed = serializers.IntegerField()
    batched = serializers.IntegerField(help_text="Those that came in batches, at half price.")
    unpriced = serializers.IntegerField(help_text="Those whose price is not known.")
    input_tokens = serializers.IntegerField()
    cache_write_5m_tokens = serializers.IntegerField()
    cache_write_1h_tokens = serializers.IntegerField()
    cache_read_tokens = serializers.IntegerField()
    output_tokens = serializers.IntegerField()
    micro_dollars = serializers.IntegerField(help_text=MICRO)
    uncached_micro_dollars = serializers.IntegerField(
        source="uncached",
        help_text="What the same tokens cost one by one and without the cache.",
    )
    hit_share = serializers.FloatField(
        allow_null=True, help_text="Of the tokens that could be read from the cache, 0 to 1."
    )


class ModelSpendSerializer(serializers.Serializer[Any]):
    model = serializers.CharField()
    answers = serializers.IntegerField(help_text="An answer that two models read counts in both.")
    sums = SumsSerializer()


class SetSpendSerializer(serializers.Serializer[Any]):
    question_set = serializers.IntegerField(
        source="question_set.pk",
        allow_null=True,
        default=None,
        help_text="Id of the set; null for what was tried and drafted, and for a set that is gone.",
    )
    title = serializers.CharField()
    models = ModelSpendSerializer(many=True)


class DaySerializer(serializers.Serializer[Any]):
    day = serializers.DateField(help_text="In UTC.")
    model = serializers.CharField()
    sums = SumsSerializer()


class FailureSerializer(serializers.Serializer[Any]):
    error = serializers.CharField(help_text="A word for programs.")
    calls = serializers.IntegerField()
    micro_dollars = serializers.IntegerField(help_text=MICRO)


class AnsweredSerializer(serializers.Serializer[Any]):
    month = serializers.DateField(format="%Y-%m", help_text="Such as 2026-11.")
    answers = serializers.IntegerField()


class ForecastSerializer(serializers.Serializer[Any]):
    answers = serializers.IntegerField(help_text="How many wait.")
    held_back = serializers.IntegerField(help_text="Those of them that wait for a budget.")
    mean_micro_dollars = serializers.IntegerField(
        source="mean", allow_null=True, help_text="Null while there is nothing to go by."
    )
    doubt_micro_dollars = serializers.IntegerField(
        source="doubt", allow_null=True, help_text="Nine times in ten it lies in mean ± doubt."
    )
    goes_by = AnsweredSerializer(
        many=True,
        help_text="Answers it goes by, the newest month first: the latest of each set, or of all.",
    )


class BudgetSerializer(serializers.Serializer[Any]):
    question_set = serializers.IntegerField(
        source="question_set.pk",
        allow_null=True,
        default=None,
        help_text="Id of the set; null for the team as a whole.",
    )
    cap_micro_dollars = serializers.IntegerField(
        source="cap", allow_null=True, help_text="Null: no limit."
    )
    period = serializers.ChoiceField(Account.Period.choices)
    spent_micro_dollars = serializers.IntegerField(source="spent", help_text="Of the cap.")
    held_micro_dollars = serializers.IntegerField(source="held", help_text="For calls under way.")
    left_micro_dollars = serializers.IntegerField(source="left", allow_null=True)


class UncountedSerializer(serializers.Serializer[Any]):
    model = serializers.CharField()
    question_sets = serializers.ListField(
        child=serializers.IntegerField(),
        source="set_ids",
        help_text="Ids of the sets that chose it; empty for a model of the site's own.",
    )


class CallSerializer(serializers.ModelSerializer[ModelCall]):
    class Meta:
        model = ModelCall
        fields = (
            *("created_at", "model", "prompt_version", "input_tokens", "cache_write_5m_tokens"),
            *("cache_write_1h_tokens", "cache_read_tokens", "output_tokens", "micro_dollars"),
            *("milliseconds", "request_id", "stop_reason", "error", "batched"),
        )


class SpendSerializer(serializers.Serializer[Any]):
    month = serializers.DateField(format="%Y-%m", help_text="Such as 2026-11.")
    total = SumsSerializer()
    answers = serializers.IntegerField(
        source="answers.answers",
        help_text="Called for: those to follow-ups too, and graded again, counted again.",
    )
    sets = SetSpendSerializer(many=True)
    days = DaySerializer(many=True, help_text="By day and model, those with a call.")
    failures = FailureSerializer(many=True, help_text="The most frequent first.")
    forecast = ForecastSerializer(help_text="For the answers that wait now, whatever the month.")
    budgets = BudgetSerializer(many=True, help_text="As they stand now, the team's first.")
    uncounted = UncountedSerializer(
        many=True, help_text="Models that grade now and have no known price: no cap stops them."
    )
    latest = CallSerializer(many=True, help_text="The newest lines of the ledger.")
