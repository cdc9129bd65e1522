"""Everything goes wrong at once, again and again, and the books agree in the end.

Another storm: ``VIVA_STORM_SEED=7 make test ARGS=tests/test_storm.py``.
"""

import os
import random
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import redis
from django.db.models import Count
from pytest_django.fixtures import Settings

from grading.models import Account, Grade, ModelCall, Submission
from grading.operations.budget import set_cap
from grading.operations.grades import request_grade
from grading.operations.ledger import LOST
from grading.operations.rubrics import ensure_rubric
from tests.books import differences
from tests.factories import CRITERIA, REFERENCE
from tests.fakes.claude_api import ClaudeApi
from tests.processes import beat, claude_at, wait_until, worker

SEED = int(os.environ.get("VIVA_STORM_SEED", "1"))
QUESTIONS, EACH = 10, 50
ANSWERS = QUESTIONS * EACH
SHARE = 0.3
KINDS = (
    # a moment, and not the second that is asked for in life
    {"name": "rate_limited", "headers": {"retry-after": "0.05"}},
    "overloaded", "dropped", "lost", "cut", "mid_stream",
)  # fmt: skip
BLOWS = ("kill",) * 5 + ("flush",) * 2
WORKERS, THREADS = 2, 8


@pytest.mark.django_db(transaction=True)
def test_a_storm_loses_and_doubles_nothing_and_the_ledger_is_the_apis_log(
    own_valkey: str, claude_api: ClaudeApi, tmp_path: Path, settings: Settings
) -> None:
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": own_valkey}}
    draw = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    claude_api.set(latency=0.1, rpm=10**6, itpm=10**9, otpm=10**9)
    # after six failures an answer is given up: that is another test's
    claude_api.faults.mix(SHARE, seed=SEED, kinds=KINDS, most=5)
    claude_api.script("cut", "mid_stream")  # whoever opens the cache is streamed
    hand_in()
    blows = zip(
        sorted(draw.sample(range(ANSWERS // 20, ANSWERS * 4 // 5), len(BLOWS))),
        draw.sample(BLOWS, len(BLOWS)),
        strict=True,
    )
    with crew(tmp_path / "processes.log", claude_api, own_valkey) as workers:
        for finished_then, blow in blows:
            wait_until(lambda: finished() >= finished_then, f"{finished_then} grades", 120)  # noqa: B023 - asked at once
            if blow == "kill":
                workers.kill_one(draw)
            else:
                redis.Redis.from_url(own_valkey).flushall()
        wait_until(lambda: finished() == ANSWERS, "the last grade", 120)

    assert Counter(Grade.objects.values_list("state", flat=True)) == {"graded": ANSWERS}
    assert Submission.objects.annotate(n=Count("grades")).filter(n=1).count() == ANSWERS
    assert Grade.objects.annotate(n=Count("verdicts")).filter(n=len(CRITERIA)).count() == ANSWERS

    requests = claude_api.requests()
    assert differences(requests) == []
    met = {(row.error, row.delivered) for row in requests}
    assert met >= {
        ("rate_limit_error", "nothing"),
        ("overloaded_error", "nothing"),
        ("overloaded_error", "start"),
        ("dropped before", "nothing"),
        ("dropped mid", "start"),
        ("dropped after", "nothing"),
    }
    lost = ModelCall.objects.filter(error=LOST)
    assert lost.exists()
    assert lost.count() <= BLOWS.count("kill") * THREADS

    assert not Grade.objects.exclude(reserved=0, open_calls=[]).exists()
    assert Account.objects.get(key="team:1").spent > 0


class Crew:
    """So many workers; whoever falls is followed by another."""

    def __init__(self, stack: ExitStack, log: Path, environment: dict[str, str]) -> None:
        self._stack, self._log, self._environment = stack, log, environment
        self._workers = [self._start() for _ in range(WORKERS)]

    def kill_one(self, draw: random.Random) -> None:
        """SIGKILL, in the middle of whatever it does."""
        place = draw.randrange(WORKERS)
        self._workers[place].kill()
        self._workers[place].wait()
        self._workers[place] = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return self._stack.enter_context(worker(self._log, threads=THREADS, **self._environment))


@contextmanager
def crew(log: Path, api: ClaudeApi, broker: str) -> Iterator[Crew]:
    """Workers and the sweep, in a hurry."""
    environment = claude_at(api, broker=broker, lease_seconds=5)
    environment["DJANGO_SETTINGS_MODULE"] = "tests.hurried"
    with ExitStack() as stack:
        stack.enter_context(beat(log, **environment))
        yield Crew(stack, log, environment)


def hand_in() -> None:
    """Different answers to some questions, a third of them watched, all paid for by one team."""
    set_cap(keys=("team:1",), cap=10**9, period=Account.Period.MONTH)
    for place in range(QUESTIONS):
        rubric = ensure_rubric(
            question=f"Why is attention scaled? ({place})",
            reference_answer=REFERENCE,
            criteria=CRITERIA,
        )
        for number in range(EACH):
            request_grade(
                rubric=rubric,
                text=f"{REFERENCE} This is answer {number}.",
                accounts=("team:1", f"team:1/set:{place % 3}"),
                watched=number % 3 == 0,
            )


def finished() -> int:
    return Grade.objects.exclude(state__in=["pending", "running"]).count()
