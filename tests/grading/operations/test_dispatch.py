"""Who is sent when, with real threads, a real Valkey and the fake's own cache."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings
from redis import Redis, RedisError

from grading.llm.leases import Keeper
from grading.llm.prefixes import LEASE_SECONDS, Prefixes, State
from grading.models import Grade, Rubric
from grading.operations import claims, dispatch, running
from grading.operations.dispatch import known_prefixes
from grading.operations.grades import request_grade, run_grade
from grading.operations.rubrics import ensure_rubric
from tests.factories import CRITERIA, REFERENCE
from tests.fakes.claude_api import ClaudeApi
from tests.fakes.faults import Fault
from tests.grading.llm.rounds import Rounds
from tests.grading.operations.dispatching import (
    ANSWER,
    ask,
    marked,
    run,
    states,
    stood_by,
    tallied,
)
from tests.processes import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def valkey(settings: Settings) -> Redis:
    return Redis.from_url(settings.CELERY_BROKER_URL)


@pytest.fixture(autouse=True)
def cold(claude_grades: ClaudeApi, settings: Settings, valkey: Redis) -> None:
    """Nobody knows of any prefix, and calls have time; one call an answer."""
    settings.CLAUDE_TIMEOUT_SECONDS = 30
    settings.CLAUDE_EXTRA_CALLS = 0
    for key in valkey.scan_iter("viva:prefix:*"):
        valkey.delete(key)


@pytest.fixture
def rubric(transactional_db: None) -> Rubric:
    return ensure_rubric(
        question="Why is attention scaled?", reference_answer=REFERENCE, criteria=CRITERIA
    )


def test_a_lone_answer_marks_no_question_block(rubric: Rubric, claude_grades: ClaudeApi) -> None:
    (first,) = ask(rubric, 1)
    run_grade(grade_id=first.pk)
    second = request_grade(rubric=rubric, text=f"{ANSWER} Another.")
    run_grade(grade_id=second.pk)
    assert marked(claude_grades) == [[True, False], [True, False]]
    assert [row.billed.read > 0 for row in claude_grades.requests()] == [False, True]
    assert tallied() == [(1, 1, 0)]


def test_no_follower_is_sent_before_the_leaders_response_has_begun(
    rubric: Rubric, claude_grades: ClaudeApi, valkey: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "STAND_BY_SECONDS", 30.0)
    grades = ask(rubric, 6)
    with ThreadPoolExecutor(6) as threads, claude_grades.hold("first_byte") as gate:
        sent = [threads.submit(run, grade) for grade in grades]
        gate.wait(1)
        wait_until(lambda: stood_by(valkey) == 5, "five followers that stand by")
        assert len(claude_grades.requests()) == 1
        gate.open()
        for one in sent:
            one.result(30)
    assert states(*grades) == ["graded"] * 6
    leader, *followers = claude_grades.requests()
    assert leader.began is not None
    assert min(row.started for row in followers) >= leader.began
    assert [row.stream for row in (leader, *followers)] == [True] + 5 * [False]
    assert marked(claude_grades) == [[True, True]] * 6
    written = [(row.billed.write_1h > 0, row.billed.write_5m > 0) for row in (leader, *followers)]
    assert written == [(True, True)] + 5 * [(False, False)]
    assert all(row.billed.read for row in followers)
    assert tallied() == [(1, 5, 0)]


def test_a_leader_that_is_out_for_long_stays_the_only_one(
    rubric: Rubric, claude_grades: ClaudeApi, valkey: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = Rounds()
    monkeypatch.setattr(dispatch, "keeper", Keeper(rounds.sleep))
    monkeypatch.setattr(dispatch, "STAND_BY_SECONDS", 0.0)
    leader, *followers = ask(rubric, 3)
    with ThreadPoolExecutor(1) as threads, claude_grades.hold("first_byte") as gate:
        ahead = threads.submit(run, leader)
        gate.wait(1)
        leases = [key for key in valkey.scan_iter("viva:prefix:*") if valkey.type(key) == b"string"]
        for key in leases:
            valkey.pexpire(key, round(LEASE_SECONDS * 500))
        rounds.pass_one()
        assert [valkey.pttl(key) > LEASE_SECONDS * 500 for key in leases] == [True, True]
        for follower in followers:
            run_grade(grade_id=follower.pk)
        assert len(claude_grades.requests()) == 1
        gate.open()
        ahead.result(30)
    rounds.pass_last()  # nobody leads, and the thread is gone
    for follower in followers:
        run_grade(grade_id=follower.pk)
    assert states(leader, *followers) == ["graded"] * 3
    assert tallied() == [(1, 2, 0)]


def test_who_waits_long_goes_back_into_the_queue_and_is_announced_by_the_leader(
    rubric: Rubric,
    claude_grades: ClaudeApi,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(dispatch, "STAND_BY_SECONDS", 0.0)
    leader, follower = ask(rubric, 2)
    nudged: list[int] = []

    def note(*, grade_id: int) -> None:
        nudged.append(grade_id)

    monkeypatch.setattr("grading.operations.grades.nudge", note)
    with ThreadPoolExecutor(1) as threads, claude_grades.hold("first_byte") as gate:
        ahead = threads.submit(run, leader)
        gate.wait(1)
        run_grade(grade_id=follower.pk)
        assert states(follower) == ["pending"]
        assert follower.attempts == 0
        assert follower.nudged_at > timezone.now() - timedelta(seconds=10)
        gate.open()
        ahead.result(30)
    assert nudged == [follower.pk]
    run_grade(grade_id=follower.pk)
    assert states(leader, follower) == ["graded", "graded"]
    assert tallied() == [(1, 1, 0)]


def test_who_goes_back_while_the_leader_begins_is_announced_when_it_waits(
    rubric: Rubric, claude_grades: ClaudeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "STAND_BY_SECONDS", 0.0)
    leader, follower = ask(rubric, 2)
    announced: list[tuple[int, str]] = []
    give_back = claims.give_back

    def note(*, grade_id: int) -> None:
        announced.append((grade_id, Grade.objects.get(pk=grade_id).state))

    def be_overtaken(claim: claims.Claim, **how: Any) -> None:
        gate.open()
        ahead.result(30)
        give_back(claim, **how)

    monkeypatch.setattr("grading.operations.grades.nudge", note)
    monkeypatch.setattr(running, "give_back", be_overtaken)
    with ThreadPoolExecutor(1) as threads, claude_grades.hold("first_byte") as gate:
        ahead = threads.submit(run, leader)
        gate.wait(1)
        run_grade(grade_id=follower.pk)
    assert states(leader, follower) == ["graded", "pending"]
    assert announced == [(follower.pk, "pending")]


def test_who_waits_in_the_queue_is_announced_when_the_leader_fails(
    rubric: Rubric, claude_grades: ClaudeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "STAND_BY_SECONDS", 0.0)
    leader, follower = ask(rubric, 2)
    nudged: list[int] = []

    def note(*, grade_id: int) -> None:
        nudged.append(grade_id)

    monkeypatch.setattr("grading.operations.grades.nudge", note)
    claude_grades.script("lost")
    with ThreadPoolExecutor(1) as threads, claude_grades.hold("first_byte") as gate:
        ahead = threads.submit(run, leader)
        gate.wait(1)
        run_grade(grade_id=follower.pk)
        gate.open()
        ahead.result(30)
    assert (states(leader, follower), nudged) == (["pending", "pending"], [follower.pk])


@pytest.mark.parametrize("fault", ["overloaded", "rate_limited", "dropped"])
def test_when_a_leader_fails_before_it_began_the_next_one_leads(
    rubric: Rubric, claude_grades: ClaudeApi, fault: str
) -> None:
    first, second, third = ask(rubric, 3)
    claude_grades.script(fault)
    for grade in (first, second, third):
        run_grade(grade_id=grade.pk)
    assert states(first, second, third) == ["pending", "graded", "graded"]
    assert tallied() == [(1, 1, 0)]


def test_when_a_leader_dies_its_lease_ends(
    rubric: Rubric, claude_grades: ClaudeApi, valkey: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "STAND_BY_SECONDS", 0.0)
    monkeypatch.setattr(Prefixes, "abandon", lambda *_: None)  # as a killed worker would not
    dead, second, third, fourth = ask(rubric, 4)
    claude_grades.script("overloaded")
    run_grade(grade_id=dead.pk)
    run_grade(grade_id=second.pk)
    assert states(dead, second) == ["pending", "pending"]
    assert len(claude_grades.requests()) == 1
    leases = [key for key in valkey.scan_iter("viva:prefix:*") if valkey.type(key) == b"string"]
    assert all(0 < valkey.pttl(key) <= LEASE_SECONDS * 1000 for key in leases)
    shared, own = sorted(leases, key=valkey.pttl)
    valkey.pexpire(shared, 0)  # opened first, it ends first; to lead it alone would write twice
    run_grade(grade_id=third.pk)
    assert states(third) == ["pending"]
    assert len(claude_grades.requests()) == 1
    valkey.pexpire(own, 0)
    run_grade(grade_id=fourth.pk)
    assert states(fourth) == ["graded"]


def test_a_follower_that_reads_nothing_is_counted_told_and_the_prefix_opened_anew(
    rubric: Rubric, claude_grades: ClaudeApi, caplog: pytest.LogCaptureFixture
) -> None:
    grades = ask(rubric, 4)
    for grade in grades[:2]:
        run_grade(grade_id=grade.pk)
    claude_grades.script(Fault(miss=True))
    with caplog.at_level(logging.ERROR, "grading.operations.dispatch"):
        run_grade(grade_id=grades[2].pk)
    billed = claude_grades.requests()[2].billed
    assert [record.getMessage() for record in caplog.records] == [
        f"A call for grade {grades[2].pk} read 0 tokens from the cache and wrote "
        f"{billed.write_1h + billed.write_5m} where all could be read"
    ]
    assert tallied() == [(1, 1, 1)]
    assert known_prefixes().tallies()[0].hit_share == 0.5


def test_a_server_that_keeps_nothing_makes_nobody_wait_and_no_alarm(
    rubric: Rubric,
    claude_grades: ClaudeApi,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("grading.judges.prompt.instructions", lambda **_: "Judge.")
    short = ensure_rubric(question="Why?", reference_answer="Because.", criteria=CRITERIA)
    grades = ask(short, 3)
    with caplog.at_level(logging.ERROR):
        for grade in grades:
            run_grade(grade_id=grade.pk)
    assert states(*grades) == ["graded"] * 3
    assert caplog.records == []
    assert tallied() == [(1, 0, 0)]


def test_a_server_that_refuses_marks_gets_none(
    rubric: Rubric, claude_grades: ClaudeApi, settings: Settings
) -> None:
    settings.CLAUDE_WITHOUT = ["cache"]
    for grade in ask(rubric, 2):
        run_grade(grade_id=grade.pk)
    assert marked(claude_grades) == [[False, False]] * 2
    assert tallied() == []


def test_without_redis_everyone_goes_at_once(
    rubric: Rubric, claude_grades: ClaudeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> list[State]:
        raise RedisError

    monkeypatch.setattr(Prefixes, "states", away)
    grades = ask(rubric, 2)
    for grade in grades:
        run_grade(grade_id=grade.pk)
    assert states(*grades) == ["graded"] * 2
