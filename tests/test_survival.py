"""Nothing that was submitted is lost, whatever dies in between."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.utils import timezone

from grading.models import CriterionVerdict, Grade
from interview.operations.answers import submit_answer
from tests.factories import REFERENCE, make_published_set, make_session, make_user
from tests.fakes.claude_api import ClaudeApi
from tests.processes import beat, claude_at, wait_until, worker

ANSWERS = 24


@pytest.mark.django_db(transaction=True)
def test_every_answer_ends_graded_once_after_sigkill_and_an_emptied_broker(
    own_valkey: str, tmp_path: Path
) -> None:
    environment = {"REDIS_URL": own_valkey, "VIVA_GRADE_LEASE_SECONDS": "5"}
    log = tmp_path / "processes.log"
    with worker(log, **environment) as first, beat(log, **environment):
        submit(ANSWERS)
        wait_until(lambda: states()[Grade.State.RUNNING] > 0, "a grade being judged")
        first.kill()
        first.wait()
    assert states()[Grade.State.GRADED] < ANSWERS, "the worker was too quick to be killed midway"
    redis.Redis.from_url(own_valkey).flushall()

    with worker(log, **environment), beat(log, **environment):
        wait_until(lambda: states() == {Grade.State.GRADED: ANSWERS}, f"all graded; see {log}")
    assert Grade.objects.count() == ANSWERS
    verdicts = Counter(CriterionVerdict.objects.values_list("grade_id", flat=True))
    assert set(verdicts.values()) == {3}
    assert len(verdicts) == ANSWERS


@pytest.mark.django_db(transaction=True)
def test_when_a_leader_is_killed_its_followers_go_on(
    own_valkey: str, claude_api: ClaudeApi, tmp_path: Path
) -> None:
    version = make_published_set()
    for number in range(4):
        answer = make_session(make_user(), version=version).answers.get()
        submit_answer(answer=answer, text=f"{REFERENCE} This is answer {number}.")
    Grade.objects.update(nudged_at=timezone.now() - timedelta(minutes=1))
    environment = claude_at(claude_api, broker=own_valkey, lease_seconds=20)
    log = tmp_path / "processes.log"
    valkey = redis.Redis.from_url(own_valkey)
    with (
        beat(log, **environment),
        claude_api.hold("first_byte") as gate,
        worker(log, threads=1, **environment) as leader,
    ):
        gate.wait()
        with worker(log, **environment):
            wait_until(lambda: any(valkey.scan_iter("*:parked")), "a follower in the queue")
            assert len(claude_api.requests()) == 1
            leader.kill()
            leader.wait()
            gate.open()
            wait_until(lambda: states() == {Grade.State.GRADED: 4}, f"all graded; see {log}")
    dead, *others = claude_api.requests()
    assert (dead.delivered, len(others)) == ("nothing", 4)
    next_leader, *followers = others
    assert [row.stream for row in others] == [True, False, False, False]
    assert next_leader.began is not None
    assert min(row.started for row in followers) >= next_leader.began


def submit(count: int) -> None:
    """As many different answers, so that none is another's twin. Their messages go to a broker
    that no worker listens to: the rows alone must do."""
    version = make_published_set(questions=count)
    session = make_session(make_user(), version=version)
    for number, answer in enumerate(session.answers.order_by("position")):
        submit_answer(answer=answer, text=f"{REFERENCE} This is answer {number}. " * 3)
    Grade.objects.update(nudged_at=timezone.now() - timedelta(minutes=1))  # due for the sweep


def states() -> Counter[str]:
    return Counter(Grade.objects.values_list("state", flat=True))
