from typing import Any

from rest_framework import serializers

from interview.models import Answer, FollowUpQuestion

# Where nothing was asked yet, whether something would be; then how far the question is.
STATES = [
    ("none", "Nothing to follow up"),
    ("offered", "May be asked for"),
    *FollowUpQuestion.State.choices,
]


class FollowUpSerializer(serializers.Serializer[Any]):
    """The one follow-up question to an answer, from ``follow_up_of``."""

    state = serializers.ChoiceField(STATES)
    answer = serializers.UUIDField(
        allow_null=True, help_text="The answer to it, to be read and submitted; null before asking."
    )
    question = serializers.CharField(help_text="Plain text; empty before it is written.")
    author = serializers.ChoiceField(
        FollowUpQuestion.Author.choices,
        allow_blank=True,
        help_text="“stand_in” is our own question where Claude could not write one.",
    )


def shown(reply: Answer | None, *, is_offered: bool) -> dict[str, Any]:
    """For the serializer: the question at this place, or without one whether it `is_offered`."""
    if reply is None:
        state = "offered" if is_offered else "none"
        return {"state": state, "answer": None, "question": "", "author": ""}
    asked = reply.follow_up_question
    return {
        "state": asked.state,
        "answer": reply.public_id,
        "question": asked.text,
        "author": asked.author,
    }
