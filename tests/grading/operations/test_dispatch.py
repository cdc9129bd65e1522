"""Who is sent when, with real threads, a real Valkey and the fake's own cache."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings as django_settings
from django.db import connections
from pytest_django.fixtures import Settings
from redis import Redis

from grading.models import Grade, Rubric
from grading.operations.dispatch import known_prefixes
from grading.operations.grades import request_grade, run_grade
from grading.operations.rubrics import ensure_rubric
from tests.factories import CRITERIA, REFERENCE
from tests.fakes.claude_api import ClaudeApi

ANSWER = "Dot products of long vectors have a large variance, so scores are divided by a root."


@pytest.fixture(autouse=True)
def cold(claude_grades: ClaudeApi, settings: Settings, transactional_db: None) -> Iterator[None]:
    """Nobody knows of any prefix; threads are given time to stand by."""
    settings.CLAUDE_TIMEOUT_SECONDS = 30
    client = Redis.from_url(django_settings.CELERY_BROKER_URL)
    for key in client.scan_iter("viva:prefix:*"):
        client.delete(key)
    return


@pytest.fixture
def rubric(transactional_db: None) -> Rubric:
    return ensure_rubric(
        question="Why is attention scaled?", reference_answer=REFERENCE, criteria=CRITERIA
    )


def ask(rubric: Rubric, count: int) -> list[Grade]:
    return [request_grade(rubric=rubric, text=f"{ANSWER} Number {n}.") for n in range(count)]


def run_in_thread(grade: Grade) -> None:
    try:
        run_grade(grade_id=grade.pk)
    finally:
        connections.close_all()


def test_a_lone_answer_marks_no_question_block(rubric: Rubric, claude_grades: ClaudeApi) -> None:
    (grade,) = ask(rubric, 1)
    run_grade(grade_id=grade.pk)
    grade.refresh_from_db()
    assert grade.state == "graded"
    (request,) = claude_grades.requests()
    assert ["cache_control" in block for block in request.body["system"]] == [True, False]


def test_followers_are_sent_when_the_leaders_response_has_begun(
    rubric: Rubric, claude_grades: ClaudeApi
) -> None:
    waiting = ask(rubric, 6)
    with claude_grades.hold("first_byte") as gate, ThreadPoolExecutor(6) as threads:
        done = [threads.submit(run_in_thread, grade) for grade in waiting]
        gate.wait(1)
        gate.open()
        for one in done:
            one.result(30)
    leader, *followers = claude_grades.requests()
    assert len(followers) == 5
    assert min(row.started for row in followers) >= leader.began
    assert leader.stream
    assert not any(row.stream for row in followers)
    assert [row.billed.write_1h > 0 for row in [leader, *followers]] == [True] + 5 * [False]
    assert [row.billed.write_5m > 0 for row in [leader, *followers]] == [True] + 5 * [False]
    assert [row.billed.read > 0 for row in [leader, *followers]] == [False] + 5 * [True]
    (tally,) = known_prefixes().tallies()
    assert (tally.leaders, tally.hits, tally.misses, tally.hit_share) == (1, 5, 0, 1.0)
