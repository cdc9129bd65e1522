from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from grading.models import Grade, QueuePause, Rubric
from grading.operations import queue, valves
from grading.operations.grades import request_grade, requeue_stuck
from grading.operations.queue import (
    QueueError,
    close_ended,
    pause_for_failure,
    pause_queue,
    resume_queue,
)
from grading.queries.queue import active_pause, past_pauses, standing_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HAIKU = "claude-haiku-5-5"


def fail(code: str = "key_refused", *, wait: float | None = None) -> None:
    pause_for_failure(code=code, sentence="Mend it.", wait_seconds=wait, now=NOW)


def test_a_pause_says_who_why_and_until_when() -> None:
    person = make_user()
    until = NOW + timedelta(hours=1)
    pause_queue(by=person, why=" The bill. ", until=until, now=NOW)
    pause = active_pause(NOW)
    assert pause is not None
    assert (pause.detail, pause.paused_by, pause.until) == ("The bill.", person, until)
    assert (pause.is_by_hand, pause.probe_at) == (True, None)


def test_a_pause_needs_a_reason_and_an_end_to_come() -> None:
    with pytest.raises(QueueError, match="Say why"):
        pause_queue(by=make_user(), why="  ", until=None, now=NOW)
    with pytest.raises(QueueError, match="past"):
        pause_queue(by=make_user(), why="Cost", until=NOW, now=NOW)
    assert active_pause(NOW) is None


def test_there_is_one_pause_however_many_calls_fail() -> None:
    for _ in range(5):
        fail()
    assert QueuePause.objects.count() == 1


def test_a_persons_pause_stays_when_a_call_fails_and_takes_the_place_of_an_automatic_one() -> None:
    fail()
    pause_queue(by=make_user(), why="The bill.", until=None, now=NOW)
    fail()
    pause = QueuePause.objects.get()
    assert (pause.detail, pause.is_by_hand, pause.probe_at) == ("The bill.", True, None)


def test_a_call_that_came_back_does_not_end_a_pause_that_a_person_made_meanwhile() -> None:
    fail()  # and a call is let through to see whether it is over
    pause_queue(by=make_user(), why="The bill.", until=None, now=NOW)
    assert not resume_queue(by=None, now=NOW)
    pause = active_pause(NOW)
    assert pause is not None
    assert pause.is_by_hand


def test_a_call_that_fails_as_a_person_pauses_leaves_theirs_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queue, "active_pause", lambda _: None)  # as it was a moment before
    pause_queue(by=make_user(), why="The bill.", until=None, now=NOW)
    fail()
    assert [(row.reason, row.detail) for row in QueuePause.objects.all()] == [
        ("by_hand", "The bill.")
    ]


def test_resuming_closes_the_breaker_and_keeps_the_record() -> None:
    person = make_user()
    fail()
    valves.breaker().failed(HAIKU, at_once=True)
    assert resume_queue(by=person, now=NOW)
    assert active_pause(NOW) is None
    assert valves.breaker().enter(HAIKU) == 0
    assert [(old.reason, old.resumed_by) for old in past_pauses()] == [("key_refused", person)]
    assert not resume_queue(by=person, now=NOW)


def test_a_pause_ends_by_itself_and_another_may_follow(rubric: Rubric) -> None:
    grade = request_grade(rubric=rubric, text="Words")
    Grade.objects.update(waiting_for="paused", nudged_at=NOW + timedelta(days=1))
    fail("spend_limit", wait=60)
    later = NOW + timedelta(seconds=60)
    assert active_pause(later) is None
    close_ended(now=later)
    grade.refresh_from_db()
    assert grade.nudged_at < later
    pause_queue(by=make_user(), why="The bill.", until=None, now=later)
    assert QueuePause.objects.count() == 2


def put_aside(rubric: Rubric) -> Grade:
    """An answer that waits for the end of a pause, days from now."""
    grade = request_grade(rubric=rubric, text="x")
    Grade.objects.update(waiting_for="paused", nudged_at=NOW + timedelta(days=4))
    return grade


@pytest.fixture
def by_claude(settings: Settings) -> Settings:
    settings.GRADING_JUDGE, settings.ANTHROPIC_API_KEY = "claude", "sk-ant-one"
    return settings


def announced(*, now: datetime) -> int:
    """How many answers two sweeps announce."""
    return requeue_stuck(now=now) + requeue_stuck(now=now + timedelta(seconds=5))


def test_who_is_put_aside_as_the_queue_is_resumed_does_not_wait_for_the_pauses_end(
    by_claude: Settings, rubric: Rubric
) -> None:
    fail("spend_limit", wait=4 * 86_400)
    resume_queue(by=make_user(), now=NOW)
    put_aside(rubric)  # looked a moment before
    assert announced(now=NOW) == 1


@pytest.mark.parametrize(
    ("setting", "value"), [("ANTHROPIC_API_KEY", "sk-ant-other"), ("GRADING_JUDGE", "local")]
)
def test_another_key_or_judge_leaves_nobody_waiting_for_the_pause_before(
    by_claude: Settings, rubric: Rubric, setting: str, value: str
) -> None:
    fail("spend_limit", wait=4 * 86_400)
    put_aside(rubric)
    assert announced(now=NOW) == 0
    setattr(by_claude, setting, value)
    assert announced(now=NOW) == 1


def test_only_spend_limits_have_a_known_end() -> None:
    fail("key_refused", wait=60)
    pause = active_pause(NOW)
    assert pause is not None
    assert pause.until is None


def test_the_standing_of_a_queue_is_one_query(
    rubric: Rubric, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    first = request_grade(rubric=rubric, text="One")
    request_grade(rubric=rubric, text="Two")
    running = request_grade(rubric=rubric, text="Three")
    Grade.objects.filter(pk=running.pk).update(state=Grade.State.RUNNING)
    with django_assert_num_queries(1):  # type: ignore[operator]  # a callable fixture
        standing = standing_of(Grade.objects.all())
    assert (standing.waiting, standing.running, standing.oldest) == (2, 1, first.created_at)
