"""Budgets, with Claude at the fake: held before, counted after, never passed."""

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from grading.llm.calls import Block, Request
from grading.models import Account, Grade, ModelCall, Rubric
from grading.operations import budget, claims, running
from grading.operations.budget import BudgetReached, check_room, ensure_account, set_cap
from grading.operations.grades import request_grade, requeue_stuck, run_grade
from grading.operations.ledger import opened
from grading.operations.trial import try_texts
from tests.factories import CRITERIA, REFERENCE
from tests.fakes.claude_api import ClaudeApi
from tests.fakes.faults import Fault
from tests.grading.operations.conftest import make_rubric
from tests.grading.operations.racing import race_for_room

TEAM, SET = "team:7", "team:7/set:12"
PAYERS = (TEAM, SET)
MONTH, TOTAL = Account.Period.MONTH, Account.Period.TOTAL
ANSWER = "Dot products of long vectors have a large variance, so scores are divided by a root."
PRICED = Request("claude-haiku-5-5", (Block("x" * 1_000, cache="1h"),), "y" * 100, max_tokens=1_500)
MOST = opened(PRICED)["most"]  # micro-dollars


def ask(rubric: Rubric, number: int = 0, accounts: tuple[str, ...] = PAYERS) -> Grade:
    return request_grade(rubric=rubric, text=f"{ANSWER} ({number})", accounts=accounts)


def account(key: str = TEAM) -> Account:
    return Account.objects.get(key=key)


def ledger_sum(key: str) -> int:
    lines = ModelCall.objects.filter(account__key__startswith=key)
    return lines.aggregate(total=Sum("micro_dollars"))["total"] or 0


def test_an_account_stands_in_the_wider_one_and_is_made_once(db: None) -> None:
    first = ensure_account(keys=PAYERS)
    assert first == ensure_account(keys=PAYERS)
    assert first is not None
    assert (first.key, first.parent, first.cap) == (SET, account(TEAM), None)
    assert ensure_account(keys=()) is None
    with pytest.raises(ValueError, match="one other account"):
        ensure_account(keys=("a", "b", "c"))


def test_what_the_ledger_says_is_spent_in_both_accounts(
    rubric: Rubric, claude_grades: ClaudeApi
) -> None:
    claude_grades.script("truncated")  # two calls for the first answer
    for number in range(3):
        run_grade(grade_id=ask(rubric, number).pk)
    run_grade(grade_id=ask(rubric, 4, (TEAM, "team:7/set:13")).pk)
    assert ModelCall.objects.count() == 5
    assert account(TEAM).spent == account(TEAM).spent_in_month == ledger_sum(TEAM) > 0
    assert account(SET).spent == ledger_sum(SET) < account(TEAM).spent
    assert not Grade.objects.filter(reserved__gt=0).exists()


def test_a_failed_call_is_counted_with_what_the_server_told_of(
    rubric: Rubric, claude_grades: ClaudeApi
) -> None:
    claude_grades.script(Fault(status=529), Fault(stop="refusal", times=2))
    grade = ask(rubric)
    assert run_grade(grade_id=grade.pk) is None
    grade.refresh_from_db()
    assert (grade.state, grade.reserved, account().spent) == ("pending", 0, 0)
    ended = run_grade(grade_id=grade.pk)
    assert ended is not None
    assert (ended.state, ended.reserved) == ("ungraded", 0)
    assert account().spent == ledger_sum(TEAM) > 0


@pytest.mark.parametrize("cap", [None, 10**9])
def test_a_call_holds_the_most_it_can_cost_until_it_is_settled(
    rubric: Rubric, claude_grades: ClaudeApi, cap: int | None
) -> None:
    held: list[int] = []
    set_cap(keys=(TEAM,), cap=cap, period=MONTH)

    def look(*what: Any, **words: Any) -> None:
        claims.hold(*what, **words)
        held.append(Grade.objects.get().reserved)

    with patch.object(running, "hold", look):
        run_grade(grade_id=ask(rubric).pk)
    assert held[0] > ledger_sum(TEAM) > 0
    assert Grade.objects.get().reserved == 0


@pytest.mark.parametrize(("stop", "line"), [("end_turn", 0.6), ("max_tokens", 0.3)])
def test_a_further_call_has_the_room_that_the_first_did_not_use(
    rubric: Rubric, claude_grades: ClaudeApi, settings: Settings, stop: str, line: float
) -> None:
    """Another reading of an answer next to the pass line, or another try of a truncated one."""
    settings.CLAUDE_EXTRA_CALLS, settings.PASS_LINE = 2, line
    held: list[int] = []

    def look(*what: Any, **words: Any) -> None:
        claims.hold(*what, **words)
        held.append(Grade.objects.get().reserved)

    claude_grades.script(Fault(stop=stop))
    cap = 3_200  # less than two calls can cost, more than one did and the next can
    set_cap(keys=(TEAM,), cap=cap, period=MONTH)
    with patch.object(running, "hold", look):
        ended = run_grade(grade_id=ask(rubric).pk)
    assert ended is not None
    assert (ended.state, ended.doubts, ended.calls.count()) == ("graded", [], 2)
    first = ended.calls.all()[0].micro_dollars or 0
    assert first < held[0] < held[1] <= cap < 2 * held[0]


def test_at_the_cap_answers_wait_and_go_on_once_it_is_raised(
    rubric: Rubric,
    claude_grades: ClaudeApi,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    set_cap(keys=(TEAM,), cap=100, period=MONTH)
    grade = ask(rubric)
    assert run_grade(grade_id=grade.pk) is None
    grade.refresh_from_db()
    assert (grade.state, grade.waiting_for, grade.attempts) == ("pending", "budget", 0)
    assert (grade.reserved, claude_grades.requests()) == (0, [])
    assert requeue_stuck(now=timezone.now() + timedelta(minutes=1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        set_cap(keys=(TEAM,), cap=1_000_000, period=MONTH)
    assert requeue_stuck(now=timezone.now() + timedelta(seconds=1)) == 1
    ended = run_grade(grade_id=grade.pk)
    assert ended is not None
    assert (ended.state, ended.waiting_for) == ("graded", "")


def test_a_cap_that_is_set_between_claim_and_call_binds_it(
    rubric: Rubric, claude_grades: ClaudeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cap_first(*held: Any, **words: Any) -> None:
        set_cap(keys=(TEAM,), cap=1, period=MONTH)
        claims.hold(*held, **words)

    monkeypatch.setattr(running, "hold", cap_first)
    grade = ask(rubric)
    assert run_grade(grade_id=grade.pk) is None
    grade.refresh_from_db()
    assert (grade.state, grade.waiting_for, grade.reserved) == ("pending", "budget", 0)
    assert claude_grades.requests() == []


def test_one_sets_cap_stops_no_other_set(rubric: Rubric, claude_grades: ClaudeApi) -> None:
    set_cap(keys=PAYERS, cap=0, period=TOTAL)
    assert run_grade(grade_id=ask(rubric).pk) is None
    assert run_grade(grade_id=ask(rubric, 1, (TEAM, "team:7/set:13")).pk) is not None
    assert run_grade(grade_id=ask(rubric, 2, ("team:8",)).pk) is not None
    assert run_grade(grade_id=ask(rubric, 3, ()).pk) is not None


def test_what_costs_nothing_is_graded_at_the_cap(rubric: Rubric, claude_grades: ClaudeApi) -> None:
    graded = run_grade(grade_id=request_grade(rubric=rubric, text=ANSWER, accounts=PAYERS).pk)
    assert graded is not None
    set_cap(keys=(TEAM,), cap=0, period=MONTH)
    for text in ("", ANSWER):
        ended = run_grade(grade_id=request_grade(rubric=rubric, text=text, accounts=PAYERS).pk)
        assert ended is not None
        assert ended.state == "graded"


def test_an_answer_that_is_tried_is_paid_for_and_stopped_at_the_cap(
    db: None, claude_grades: ClaudeApi
) -> None:
    texts: dict[str, Any] = {
        "question": "Why is attention scaled?",
        "reference_answer": REFERENCE,
        "criteria": CRITERIA,
        "answer": ANSWER,
        "accounts": PAYERS,
    }
    try_texts(**texts)
    assert account(SET).spent == account(TEAM).spent == ledger_sum(TEAM) > 0
    set_cap(keys=(TEAM,), cap=100, period=MONTH)
    with pytest.raises(BudgetReached):
        try_texts(**texts)
    assert len(claude_grades.requests()) == 1


def test_a_new_month_begins_at_nothing_and_a_total_goes_on(db: None) -> None:
    team = set_cap(keys=(TEAM,), cap=100, period=MONTH)
    november = datetime(2026, 11, 30, 23, 50, tzinfo=UTC)
    december = november + timedelta(minutes=20)
    budget.count_spent(account_id=team.pk, micro_dollars=100, now=november)
    with pytest.raises(BudgetReached) as reached:
        check_room(account_id=team.pk, micro_dollars=1, now=november)
    assert reached.value.wait_seconds == 600
    check_room(account_id=team.pk, micro_dollars=100, now=december)
    budget.count_spent(account_id=team.pk, micro_dollars=30, now=december)
    assert (account().spent, account().spent_of_cap(december)) == (130, 30)
    set_cap(keys=(TEAM,), cap=100, period=TOTAL)
    with pytest.raises(BudgetReached) as reached:
        check_room(account_id=team.pk, micro_dollars=1, now=december)
    assert reached.value.wait_seconds == 3_600


def test_a_call_without_a_price_is_stopped_by_a_cap_that_is_used_up(db: None) -> None:
    team = set_cap(keys=(TEAM,), cap=100, period=MONTH)
    check_room(account_id=team.pk, micro_dollars=0, now=timezone.now())
    budget.count_spent(account_id=team.pk, micro_dollars=100, now=timezone.now())
    with pytest.raises(BudgetReached):
        check_room(account_id=team.pk, micro_dollars=0, now=timezone.now())


def test_what_a_killed_worker_held_is_returned_with_its_lease(rubric: Rubric) -> None:
    set_cap(keys=(TEAM,), cap=MOST, period=MONTH)
    died_at = timezone.now() - timedelta(minutes=5)
    dead, waiting = ask(rubric, 1), ask(rubric, 2)
    Grade.objects.filter(pk=dead.pk).update(state="running", claimed_at=died_at, reserved=MOST)
    paying = waiting.submission.account_id
    with pytest.raises(BudgetReached) as reached:
        check_room(account_id=paying, micro_dollars=1, now=timezone.now())
    assert (reached.value.waiting_for, reached.value.wait_seconds) == ("", 5)
    requeue_stuck(now=timezone.now())
    check_room(account_id=paying, micro_dollars=1, now=timezone.now())


@pytest.mark.django_db(transaction=True)
def test_two_threads_cannot_hold_the_same_room(monkeypatch: pytest.MonkeyPatch) -> None:
    rubric = make_rubric()
    set_cap(keys=(TEAM,), cap=MOST + 1, period=MONTH)
    grades = {"first": ask(rubric, 1), "second": ask(rubric, 2)}

    def hold(name: str) -> None:
        grade = grades[name]
        claim = claims.Claim(grade.pk, grade.public_id)
        Grade.objects.filter(pk=grade.pk).update(state="running", claim=claim.token)
        claims.hold(claim, claims.read_work(grade.pk), PRICED)

    assert race_for_room(monkeypatch, claims, hold) == ["second"]
    assert Grade.objects.aggregate(held=Sum("reserved"))["held"] == MOST


@pytest.mark.django_db(transaction=True)
def test_a_storm_of_workers_never_passes_the_cap_and_the_books_agree(
    claude_grades: ClaudeApi,
) -> None:
    rubric = make_rubric()
    one = run_grade(grade_id=ask(rubric).pk)
    assert one is not None
    price = account().spent
    cap = 12 * price
    set_cap(keys=(TEAM,), cap=cap, period=MONTH)
    claude_grades.script("overloaded", "truncated")
    grades = [ask(rubric, number, (TEAM, f"team:7/set:{number % 3}")) for number in range(1, 33)]

    def work(ids: list[int]) -> None:
        try:
            for grade_id in ids:
                run_grade(grade_id=grade_id)
        finally:
            connection.close()

    for _ in range(3):
        in_threads(work, [([grade.pk for grade in grades[place::4]],) for place in range(4)])
    spent = account().spent
    assert spent == ledger_sum(TEAM) <= cap
    assert sum(Account.objects.filter(parent=account()).values_list("spent", flat=True)) == spent
    assert Grade.objects.aggregate(held=Sum("reserved"))["held"] == 0
    waiting = Grade.objects.filter(state="pending")
    assert waiting.exists()
    set_cap(keys=(TEAM,), cap=None, period=MONTH)
    assert not waiting.filter(waiting_for="budget").exists()
    in_threads(work, [([grade.pk for grade in grades[place::4]],) for place in range(4)])
    assert set(Grade.objects.values_list("state", flat=True)) == {"graded"}
    assert account().spent == ledger_sum(TEAM)


def in_threads(work: Callable[..., None], arguments: Iterable[tuple[Any, ...]]) -> None:
    threads = [threading.Thread(target=work, args=given) for given in arguments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
