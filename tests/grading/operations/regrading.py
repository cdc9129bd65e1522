"""Answers graded once, and a run that grades them again."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from pytest_django.fixtures import Settings

from grading.models import BatchRun, Grade, Rubric, Submission
from grading.operations.batches import advance, start_regrade
from grading.operations.grades import request_grade, run_grade
from tests.fakes.claude_api import ClaudeApi
from tests.fakes.log import Exchange

HAIKU = "claude-haiku-5-5"
VARIANCE = "Dot products of long vectors have a large variance, so scores are divided by a root."
POINTS = (
    VARIANCE,
    "Without the division the softmax saturates and gradients vanish.",
    f"{VARIANCE} Without the division the softmax saturates and gradients vanish.",
    "Because the paper says so, and the paper was written by people who tried it out at length.",
)


def graded(rubric: Rubric, settings: Settings, texts: Sequence[str] = POINTS) -> list[Grade]:
    """Answers that the local judge has graded."""
    before, settings.GRADING_JUDGE = settings.GRADING_JUDGE, "local"
    grades = [request_grade(rubric=rubric, text=text) for text in texts]
    for grade in grades:
        run_grade(grade_id=grade.pk)
        grade.refresh_from_db()
    settings.GRADING_JUDGE = before
    return grades


def start(label: str = "set:1") -> BatchRun:
    return start_regrade(label=label, submissions=Submission.objects.all(), policy={})


def later(seconds: float = 60) -> datetime:
    return timezone.now() + timedelta(seconds=seconds)


def pass_time(api: ClaudeApi) -> datetime:
    """Long enough for a batch to end and for a run to be due again."""
    api.clock.advance(1000)
    return datetime.fromtimestamp(api.clock.now(), UTC)


def run_to_end(api: ClaudeApi, run: BatchRun, rounds: int = 8) -> BatchRun:
    """Let batches end and look after them until the run is done."""
    for _ in range(rounds):
        advance(run_id=run.pk, now=pass_time(api))
    run.refresh_from_db()
    assert run.state == "done"
    return run


def sent(api: ClaudeApi) -> list[Exchange]:
    """Every request that a batch has had answered."""
    return [row for row in api.log.exchanges if row.tier == "batch"]


def current(grade: Grade) -> Grade:
    return Grade.objects.current().get(submission=grade.submission)


def by_claude(rubric: Rubric, texts: Sequence[str]) -> list[Grade]:
    grades = [request_grade(rubric=rubric, text=text) for text in texts]
    for grade in grades:
        run_grade(grade_id=grade.pk)
    return grades
