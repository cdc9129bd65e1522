from rest_framework import serializers

from interview.models import Topic


class TopicNameSerializer(serializers.ModelSerializer[Topic]):
    class Meta:
        model = Topic
        fields: tuple[str, ...] = ("slug", "name")


class TopicSerializer(TopicNameSerializer):
    parent = serializers.SlugRelatedField[Topic](  # type: ignore[assignment]  # DRF has a .parent too
        "slug", read_only=True, allow_null=True, help_text="Slug of the topic above, if any."
    )

    class Meta(TopicNameSerializer.Meta):
        fields = ("slug", "name", "parent")
