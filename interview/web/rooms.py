"""Where an answer is written: the addresses of its room."""

from django.urls import reverse

from interview.models import Answer


def room_url(answer: Answer, door: str = "room") -> str:
    """``door`` is "room", "draft" or "submit"."""
    kind = "follow_up" if answer.is_follow_up else "room"
    name = kind if (kind, door) == ("room", "room") else f"{kind}_{door}"
    return reverse(name, args=[answer.session.public_id, answer.position])
