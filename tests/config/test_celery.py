"""What a worker keeps while it lives."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from kombu import Connection

from grading.models import Grade, Rubric
from grading.operations.grades import request_grade
from grading.tasks import run_grade
from tests.factories import make_published_set
from tests.processes import wait_until, worker

NAME = "the-worker"  # by which the database knows it


def backends() -> list[int]:
    """The connections that the worker holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [NAME])
        return [pid for (pid,) in cursor.fetchall()]


def wait_for_grade(rubric: Rubric, text: str, broker: str) -> None:
    grade = request_grade(rubric=rubric, text=text)
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    with Connection(broker, transport_options=options) as way:
        run_grade.apply_async((grade.pk,), connection=way)  # type: ignore[call-arg]  # the stubs do not know it
    wait_until(lambda: Grade.objects.get(pk=grade.pk).state == "graded", f"a grade of {text!r}")


@pytest.mark.django_db(transaction=True)
def test_a_thread_keeps_its_connection_from_task_to_task_and_leaves_one_that_broke(
    own_valkey: str, tmp_path: Path
) -> None:
    rubric = make_published_set().questions.get().rubric
    log = tmp_path / "processes.log"
    environment = {"REDIS_URL": own_valkey, "VIVA_JUDGE": "local"}
    with worker(log, threads=1, PGAPPNAME=NAME, **environment):
        wait_for_grade(rubric, "Dot products grow with the length of the vectors.", own_valkey)
        kept = backends()
        wait_for_grade(rubric, "The variance of a sum grows with its terms.", own_valkey)
        assert backends() == kept
        assert len(kept) == 1
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", kept)
        wait_for_grade(rubric, "Large scores saturate the softmax.", own_valkey)
        assert len(backends()) == 1
        assert backends() != kept
