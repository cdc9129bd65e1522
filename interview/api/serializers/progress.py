from typing import Any

from rest_framework import serializers

from interview.api.serializers.topics import TopicNameSerializer


class TopicMasterySerializer(serializers.Serializer[Any]):
    """From ``queries.progress.mastery_by_topic``."""

    topic = TopicNameSerializer()
    answers = serializers.IntegerField(help_text="How many graded answers it rests on.")
    estimate = serializers.FloatField(help_text="0 to 1.")
    low = serializers.FloatField(help_text="Lower end of the interval around the estimate.")
    high = serializers.FloatField(help_text="Upper end of the interval around the estimate.")


class ProgressSerializer(serializers.Serializer[Any]):
    topics = TopicMasterySerializer(many=True)
