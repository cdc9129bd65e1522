"""Twenty candidates hand in the same words at the same moment."""

from pathlib import Path

import pytest

from grading.models import CriterionVerdict, Grade, ModelCall
from grading.operations.grades import request_grade
from tests.books import differences
from tests.factories import REFERENCE, make_published_set
from tests.fakes.claude_api import ClaudeApi
from tests.processes import beat, claude_at, wait_until, worker

TWINS, THREADS = 20, 10


@pytest.mark.django_db(transaction=True)
def test_the_same_words_at_the_same_moment_are_one_call_and_twenty_grades(
    own_valkey: str, claude_api: ClaudeApi, tmp_path: Path
) -> None:
    rubric = make_published_set().questions.get().rubric
    for number in range(TWINS):
        blanks = " " * (number % 3)
        request_grade(rubric=rubric, text=f"{blanks}{REFERENCE}", accounts=("team:1",))
    Grade.objects.update(nudged_at="2026-11-01T00:00Z")  # their messages went to another broker
    environment = claude_at(claude_api, broker=own_valkey, lease_seconds=20)
    log = tmp_path / "processes.log"
    waiting = Grade.objects.filter(state="pending", nudged_at__gt="2026-11-02T00:00Z")
    with (
        beat(log, **environment),
        worker(log, threads=THREADS, **environment),
        worker(log, threads=THREADS, **environment),
    ):
        # the reply has begun, so that nothing but the words themselves keeps the others back
        with claude_api.hold("after_start") as gate:
            gate.wait()
            wait_until(lambda: Grade.objects.filter(is_awaited=True).exists(), "one that waits")
            wait_until(lambda: waiting.count() == TWINS - 1, f"all but one in the queue; see {log}")
            assert len(claude_api.requests()) == 1
        graded = Grade.objects.filter(state="graded")
        wait_until(lambda: graded.count() == TWINS, f"all graded; see {log}")
    assert len(claude_api.requests()) == ModelCall.objects.count() == 1
    assert differences(claude_api.requests()) == []
    assert len(set(Grade.objects.values_list("score", "confidence", "feedback", "model"))) == 1
    marks = CriterionVerdict.objects.order_by("grade", "criterion").values_list("mark", flat=True)
    assert list(marks) == list(marks[:3]) * TWINS
    assert not Grade.objects.exclude(is_awaited=False, reserved=0, open_calls=[]).exists()
