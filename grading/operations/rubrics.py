"""Rubrics come into being here, and never change."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from grading.models import Criterion, Rubric


@dataclass(frozen=True, slots=True)
class CriterionText:
    """A criterion as people write it; its key follows from its place: c1, c2, …

    ``kind`` is one of required, bonus, misconception; ``weight`` is above zero.
    """

    kind: str
    weight: Decimal
    text: str


def ensure_rubric(
    *,
    question: str,
    reference_answer: str,
    criteria: Sequence[CriterionText],
    grader_notes: str = "",
    by_people: bool = True,
) -> Rubric:
    """The one row for this content, made when it is new. It is by people once anybody says so."""
    content_hash = hash_content(question, reference_answer, grader_notes, criteria)
    with transaction.atomic():
        rubric, created = Rubric.objects.get_or_create(
            content_hash=content_hash,
            defaults={
                "question": question,
                "reference_answer": reference_answer,
                "grader_notes": grader_notes,
                "by_people": by_people,
            },
        )
        if created:
            Criterion.objects.bulk_create(
                Criterion(
                    rubric=rubric,
                    key=f"c{position}",
                    position=position,
                    kind=criterion.kind,
                    weight=criterion.weight,
                    text=criterion.text,
                )
                for position, criterion in enumerate(criteria, start=1)
            )
        elif by_people and not rubric.by_people:
            rubric.by_people = True
            rubric.save(update_fields=["by_people"])
    return rubric


def hash_content(
    question: str, reference_answer: str, grader_notes: str, criteria: Sequence[CriterionText]
) -> str:
    """SHA-256 over everything a grade may depend on, in a canonical JSON form."""
    content = {
        "question": question,
        "reference_answer": reference_answer,
        "grader_notes": grader_notes,
        # quantized, so that 3 and 3.00 are the same weight
        "criteria": [
            [criterion.kind, str(criterion.weight.quantize(Decimal("0.01"))), criterion.text]
            for criterion in criteria
        ],
    }
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
