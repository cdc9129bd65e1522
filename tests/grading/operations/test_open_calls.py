"""Calls that are for no grade: held while they are out, in the ledger once they are settled."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from grading.llm.calls import Block, CallRecord, Request, Tokens
from grading.models import Account, Grade, ModelCall, OpenCall
from grading.operations import open_calls
from grading.operations.budget import BudgetReached, check_room, ensure_account, set_cap
from grading.operations.drafts import draft_for_editor
from grading.operations.grades import requeue_stuck
from grading.operations.ledger import opened
from grading.operations.measuring import Examiner, draft_material
from grading.operations.open_calls import Tab
from grading.operations.queue import pause_queue
from grading.operations.trial import JudgeError, try_texts
from grading.queries.accounts import held_by_account
from tests.factories import CRITERIA, REFERENCE, make_user
from tests.fakes.claude_api import ClaudeApi
from tests.fakes.faults import Fault
from tests.grading.operations.racing import race_for_room

pytestmark = pytest.mark.django_db
HAIKU = "claude-haiku-5-5"
QUESTION = "Why is attention scaled?"
ANSWER = "Dot products of long vectors have a large variance, so scores are divided by a root."
KEYS = ("team:7", "team:7/set:1")
PRICED = Request(HAIKU, (Block("x" * 1_000),), "y" * 100, max_tokens=1_500)
UNPRICED = Request("qwen3:8b", (Block("x"),), "y", max_tokens=10)
MOST = opened(PRICED)["most"]  # micro-dollars
SETTLED = CallRecord(HAIKU, "draft-1", Tokens(input=250, output=300), 175, 1_900)


def tab() -> Tab:
    account = ensure_account(keys=KEYS)
    assert account is not None
    return Tab(lambda: account.pk)


def held() -> set[int]:
    """The team's and its set's, which are the same here."""
    return set(held_by_account(Account.objects.all()).values())


def spent() -> set[int]:
    return set(Account.objects.values_list("spent", flat=True))


def lines() -> list[tuple[str, str, int | None]]:
    return list(ModelCall.objects.values_list("model", "error", "micro_dollars"))


def sweep(seconds: float) -> None:
    requeue_stuck(now=timezone.now() + timedelta(seconds=seconds))


def draft() -> None:
    draft_for_editor(question=QUESTION, reference_answer=REFERENCE, accounts=KEYS)


def try_answer() -> None:
    with suppress(JudgeError):
        try_texts(
            question=QUESTION,
            reference_answer=REFERENCE,
            criteria=CRITERIA,
            answer=ANSWER,
            accounts=KEYS,
        )


def measure() -> None:
    with suppress(JudgeError):
        Examiner(wait=lambda _: None).estimate(draft_material(QUESTION, REFERENCE, ANSWER))


def test_a_call_that_is_out_is_held_and_in_no_ledger() -> None:
    one = tab()
    one.open(PRICED)
    assert (held(), spent(), lines()) == ({MOST}, {0}, [])
    one.settle(SETTLED)
    assert (held(), spent(), lines()) == ({0}, {175}, [(HAIKU, "", 175)])
    assert not OpenCall.objects.exists()


def test_a_call_that_was_not_made_leaves_nothing() -> None:
    one = tab()
    one.open(PRICED)
    one.drop()
    sweep(settings.GRADE_LEASE_SECONDS + 1)
    assert (held(), spent(), lines()) == ({0}, {0}, [])


def test_a_call_that_outlasts_its_lease_is_lost_at_the_most_it_can_cost() -> None:
    for request in (PRICED, UNPRICED):
        tab().open(request)
    assert settings.GRADE_LEASE_SECONDS > settings.CLAUDE_TIMEOUT_SECONDS
    sweep(settings.CLAUDE_TIMEOUT_SECONDS)
    assert (held(), lines()) == ({MOST}, [])
    for _ in range(2):
        sweep(settings.GRADE_LEASE_SECONDS + 1)
        assert (held(), spent()) == ({0}, {MOST})
        assert lines() == [(HAIKU, "worker_lost", MOST), ("qwen3:8b", "worker_lost", None)]


def test_one_that_was_believed_lost_brings_the_true_line() -> None:
    late, other = tab(), tab()
    late.open(PRICED)
    other.open(PRICED)
    sweep(settings.GRADE_LEASE_SECONDS + 1)
    late.settle(SETTLED)
    assert lines() == [(HAIKU, "worker_lost", MOST), (HAIKU, "", 175)]
    assert (held(), spent()) == ({0}, {MOST + 175})


def test_what_is_out_leaves_no_room_below_a_cap() -> None:
    set_cap(keys=KEYS[:1], cap=MOST, period=Account.Period.MONTH)
    first, second = tab(), tab()
    first.open(PRICED)
    with pytest.raises(BudgetReached) as reached:
        second.open(PRICED)
    assert (reached.value.waiting_for, reached.value.wait_seconds) == ("", 5)
    for_a_grade = Account.objects.get(key=KEYS[1])
    with pytest.raises(BudgetReached):
        check_room(account_id=for_a_grade.pk, micro_dollars=1, now=timezone.now())
    assert OpenCall.objects.count() == 1
    first.drop()
    second.open(PRICED)


@pytest.mark.django_db(transaction=True)
def test_two_threads_cannot_hold_the_same_room(monkeypatch: pytest.MonkeyPatch) -> None:
    set_cap(keys=KEYS[:1], cap=MOST + 1, period=Account.Period.MONTH)
    tabs = {"first": tab(), "second": tab()}
    stopped = race_for_room(monkeypatch, open_calls, lambda name: tabs[name].open(PRICED))
    assert stopped == ["second"]
    assert held() == {MOST}


@pytest.mark.parametrize("ask", [draft, try_answer, measure])
@pytest.mark.parametrize("fault", [Fault(), Fault(status=400), Fault(stop="refusal", times=2)])
def test_what_is_settled_is_no_longer_open(
    claude_grades: ClaudeApi, ask: Callable[[], None], fault: Fault
) -> None:
    claude_grades.script(fault)
    ask()
    assert not OpenCall.objects.exists()
    booked = sum(price or 0 for _, _, price in lines())
    assert (len(lines()), spent()) == (len(claude_grades.requests()), {booked})


@pytest.mark.parametrize("ask", [draft, try_answer, measure])
def test_a_call_that_is_held_back_is_not_out(
    claude_grades: ClaudeApi, ask: Callable[[], None]
) -> None:
    pause_queue(by=make_user(), why="Moving house.", until=None, now=timezone.now())
    ask()
    sweep(settings.GRADE_LEASE_SECONDS + 1)
    assert (claude_grades.requests(), lines(), Grade.objects.count()) == ([], [], 0)
