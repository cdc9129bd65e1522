"""Reading the ledger."""

from collections.abc import Collection

from grading.models import ModelCall


def count_failures(grade_id: int, codes: Collection[str]) -> int:
    """How many calls for this grade failed in one of these ways."""
    return ModelCall.objects.filter(grade_id=grade_id, error__in=codes).count()


def count_replies(grade_id: int) -> int:
    """How many calls for this grade had a reply."""
    return ModelCall.objects.filter(grade_id=grade_id, error="").count()
