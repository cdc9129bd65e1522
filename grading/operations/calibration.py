"""Measuring a judge through batches: answers are stored while they are graded, then forgotten.

What is measured goes the way of every batch, so that a stop loses and doubles nothing, the ledger
has each call and the budget holds.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import ProtectedError, Sum
from django.utils import timezone

from grading.agreement.estimates import Estimate
from grading.grader.material import Material
from grading.llm.failures import NoBatches
from grading.models import BatchRun, Embedding, Grade, Rubric, Submission
from grading.operations.batch_items import TRIED_ENOUGH
from grading.operations.batches import start_run
from grading.operations.embeddings import hash_text
from grading.operations.grades import request_grades
from grading.operations.policies import site_policy
from grading.operations.rubrics import CriterionText, ensure_rubric, hash_content
from grading.queries.batches import latest_run

ACCOUNT: Final = "calibration"
KEPT_FOR: Final = timedelta(days=30)  # what nobody came back for
NO_ESTIMATE: Final = {TRIED_ENOUGH, "stopped", NoBatches.code}  # says nothing of the judge

Place = tuple[str, str]  # hashes of the rubric and of the answer


def open_calibration(*, materials: Mapping[str, Material], judge: str, mark: str) -> BatchRun:
    """The run that grades exactly these, gone on with or begun. `mark` names judge and code.

    Raises RegradeError where no batch can be handed in.
    """
    forget_old(now=timezone.now())
    label = f"{ACCOUNT}:{_digest([mark, *sorted(materials)])}"
    known = latest_run(label)
    if known is not None:
        return known
    with transaction.atomic():
        grades = request_grades(
            answers=_stored(materials.values()),
            accounts=(ACCOUNT,),
            policy=asdict(site_policy()),  # as it is now, whoever takes the run on
        )
        pending = Grade.objects.filter(pk__in=[grade.pk for grade in grades])
        return start_run(label=label, grades=pending, judge=judge)


def _stored(materials: Iterable[Material]) -> Iterable[tuple[Rubric, str]]:
    rubrics: dict[str, Rubric] = {}
    for material in materials:
        content = hash_of_rubric(material)
        if content not in rubrics:
            rubrics[content] = ensure_rubric(
                question=material.question,
                reference_answer=material.reference_answer,
                grader_notes=material.grader_notes,
                criteria=_texts(material),
                by_people=False,
            )
        yield rubrics[content], material.answer


def read_estimates(*, run: BatchRun) -> dict[Place, Estimate]:
    """What came out, without what says nothing of the judge."""
    found = Grade.objects.filter(pk__in=run.items.values("grade")).exclude(reason__in=NO_ESTIMATE)
    finished = found.filter(finished_at__isnull=False).select_related("submission__rubric")
    prices = dict(finished.order_by().values_list("pk").annotate(price=Sum("calls__micro_dollars")))
    return {
        (grade.submission.rubric.content_hash, grade.submission.content_hash): Estimate(
            grade.score,
            grade.confidence,
            grade.reason,
            flagged=grade.injection_suspected,
            seconds=0.0,
            micro_dollars=prices[grade.pk] or 0,
            batched=True,
        )
        for grade in finished
    }


def place_of(material: Material) -> Place:
    return hash_of_rubric(material), hash_text(material.answer)


def hash_of_rubric(material: Material) -> str:
    return hash_content(
        material.question, material.reference_answer, material.grader_notes, _texts(material)
    )


def forget_calibration(*, run: BatchRun) -> None:
    """Delete what was stored for it; its lines in the ledger stay."""
    with transaction.atomic():
        answers = Submission.objects.filter(pk__in=run.items.values("submission"))
        rubrics = set(answers.values_list("rubric", flat=True))
        words = set(answers.values_list("content_hash", flat=True))
        answers.delete()
        run.delete()
        for rubric in Rubric.objects.filter(pk__in=rubrics, submissions=None):
            try:
                with transaction.atomic():
                    rubric.delete()
            except ProtectedError:
                continue  # a question of somebody's is the same
        shared = Submission.objects.filter(content_hash__in=words).values("content_hash")
        Embedding.objects.filter(content_hash__in=words).exclude(content_hash__in=shared).delete()


def forget_old(*, now: datetime) -> None:
    runs = BatchRun.objects.filter(label__startswith=f"{ACCOUNT}:", state=BatchRun.State.DONE)
    for run in runs.filter(finished_at__lt=now - KEPT_FOR):
        forget_calibration(run=run)


def _texts(material: Material) -> tuple[CriterionText, ...]:
    return tuple(CriterionText(row.kind.value, row.weight, row.text) for row in material.criteria)


def _digest(words: Iterable[str]) -> str:
    return hashlib.sha256("|".join(words).encode()).hexdigest()[:32]
