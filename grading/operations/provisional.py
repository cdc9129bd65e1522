"""A local grade that stands in while the API is away, marked so, until Claude's supersedes it."""

import logging
import time
from typing import Final

from django.db import transaction
from django.utils import timezone

from grading.embedders.base import EmbedderUnavailable
from grading.grader.pipeline import grade as run_pipeline
from grading.grader.verdict import Verdict
from grading.judges.base import JudgeError
from grading.judges.hooks import Hooks
from grading.models import Grade
from grading.operations.embeddings import StoredEmbedder
from grading.operations.judging import make_embedder, make_judge, make_reader
from grading.operations.running import write_outcome
from grading.queries.rubrics import material_of

logger = logging.getLogger(__name__)

AWAY: Final = ("away", "paused")  # being asked to go slower is over too soon to stand in for


def stand_in(*, grade_id: int) -> Grade | None:
    """Finish a grade that waits for the API with a provisional one, where that was agreed to.

    What it waited for becomes the wait of a new grade, which supersedes this one when it is
    finished. None where nothing may, or need, stand in.
    """
    waiting = Grade.objects.filter(
        pk=grade_id,
        state=Grade.State.PENDING,
        waiting_for__in=AWAY,
        supersedes__isnull=True,
        submission__provisional_ok=True,
    )
    grade = waiting.select_related("submission__rubric").first()
    if grade is None:
        return None
    started = time.perf_counter()
    try:
        embedder = StoredEmbedder(make_embedder())
        material = material_of(grade.submission)
        hooks = Hooks(record=lambda _: None)
        judge = make_judge(embedder, hooks=hooks, name="local", reader=make_reader(material))
        outcome = run_pipeline(material, judge, embedder)
    except (JudgeError, EmbedderUnavailable) as error:
        logger.warning("Nothing stands in for grade %s: %s", grade_id, error)
        return None
    if not isinstance(outcome, Verdict):
        return None
    elapsed = round((time.perf_counter() - started) * 1000)
    with transaction.atomic():
        held = waiting.select_for_update(of=("self",)).select_related("submission").first()
        if held is None:  # somebody took it meanwhile
            return None
        waits_for, nudged_at = held.waiting_for, held.nudged_at
        held.waiting_for = ""
        held.provisional = True
        held.judge, held.model, held.prompt_version = judge.name, judge.model, judge.prompt_version
        held.milliseconds, held.finished_at = elapsed, timezone.now()
        write_outcome(held, outcome)
        Grade.objects.create(
            submission=held.submission,
            supersedes=held,
            created_at=held.created_at,
            nudged_at=nudged_at,
            waiting_for=waits_for,
        )
    return held
