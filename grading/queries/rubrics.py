"""Rubrics as the pure grader wants them."""

from collections.abc import Sequence
from functools import lru_cache

from grading.grader.material import Criterion, Kind, Material
from grading.models import Rubric, Submission


@lru_cache(maxsize=256)  # a rubric never changes, and its key and content go together for good
def known_rubric(rubric_id: int, content_hash: str) -> Rubric:
    """The rubric with its criteria at hand, to be read alone: every thread has the same one.

    Raises `Rubric.DoesNotExist`.
    """
    return Rubric.objects.prefetch_related("criteria").get(pk=rubric_id, content_hash=content_hash)


def criteria_of(rubric: Rubric) -> Sequence[Criterion]:
    return [
        Criterion(id=row.key, text=row.text, kind=Kind(row.kind), weight=row.weight)
        for row in rubric.criteria.all()
    ]


def material_for(rubric: Rubric, answer: str) -> Material:
    """What a judge sees of this rubric and these words."""
    return Material(
        question=rubric.question,
        reference_answer=rubric.reference_answer,
        criteria=tuple(criteria_of(rubric)),
        answer=answer,
        grader_notes=rubric.grader_notes,
    )


def material_of(submission: Submission) -> Material:
    return material_for(submission.rubric, submission.text)


def attackable_materials() -> list[Material]:
    """Every rubric by people that has a reference and asks for something, with an empty answer.

    Ordered by content, so that a shorter list is always the same arbitrary part of the whole.
    """
    rubrics = (
        Rubric.objects.exclude(reference_answer="")
        .filter(by_people=True, criteria__kind=Kind.REQUIRED)
        .distinct()
        .prefetch_related("criteria")
        .order_by("content_hash")
    )
    return [material_for(rubric, "") for rubric in rubrics]
