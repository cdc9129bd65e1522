"""Topics that people name while they write questions."""

from django.db import transaction
from django.db.models import Max

from interview.formats.slugs import LONGEST_TOPIC, slug_of
from interview.models import Topic


def ensure_topic(*, name: str) -> Topic:
    """The topic of that name, or a new one at the end; topics are shared by all sets."""
    name = " ".join(name.split())
    with transaction.atomic():
        known = Topic.objects.filter(name__iexact=name).first()
        if known is not None:
            return known
        last = Topic.objects.aggregate(last=Max("order"))["last"] or 0
        topic, _ = Topic.objects.get_or_create(
            slug=slug_of(name, LONGEST_TOPIC), defaults={"name": name, "order": last + 1}
        )
    return topic
