"""Calls whose end nobody saw: their worker died, came late, or lost the words it judged."""

import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models import Sum
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from grading.llm.calls import NO_TOKENS, Block, CallRecord, Request
from grading.models import Account, Grade, ModelCall, Rubric
from grading.operations import running
from grading.operations.claims import Claim, hold, read_work
from grading.operations.grades import request_grade, requeue_stuck, run_grade
from grading.operations.ledger import opened
from grading.operations.running import judge_claimed
from tests.fakes.claude_api import ClaudeApi
from tests.fakes.faults import Fault

HAIKU = "claude-haiku-5-5"
ANSWER = "Dot products of long vectors have a large variance, so scores are divided by a root."
PRICED = Request(HAIKU, (Block("x" * 1_000, cache="1h"),), "y" * 100, max_tokens=1_500)
MOST = opened(PRICED)["most"]  # micro-dollars
UNPRICED = Request("qwen3:8b", (Block("x"),), "y", max_tokens=10)


def ask(rubric: Rubric) -> Grade:
    return request_grade(rubric=rubric, text=ANSWER, accounts=("team:7", "team:7/set:1"))


def claimed(grade: Grade) -> Claim:
    claim = Claim(grade.pk, uuid.uuid4())
    Grade.objects.filter(pk=grade.pk).update(
        state="running", claim=claim.token, claimed_at=timezone.now(), attempts=1
    )
    return claim


def sweep_up() -> None:
    requeue_stuck(now=timezone.now() + timedelta(seconds=settings.GRADE_LEASE_SECONDS + 1))


def lines() -> list[tuple[str, str, int | None]]:
    return list(ModelCall.objects.values_list("model", "error", "micro_dollars"))


def spent() -> set[int]:
    return set(Account.objects.values_list("spent", flat=True))


@pytest.mark.parametrize(
    ("request_", "line"),
    [(PRICED, (HAIKU, "worker_lost", MOST)), (UNPRICED, ("qwen3:8b", "worker_lost", None))],
)
def test_the_call_of_a_dead_worker_is_lost_and_counts_as_the_most_it_can_cost(
    rubric: Rubric, request_: Request, line: tuple[str, str, int | None]
) -> None:
    grade = ask(rubric)
    hold(claimed(grade), read_work(grade.pk), request_)
    assert ModelCall.objects.count() == 0
    sweep_up()
    assert lines() == [line]
    grade.refresh_from_db()
    assert (grade.state, grade.claim, grade.reserved) == ("pending", None, 0)
    assert (grade.open_calls, spent()) == ([], {line[2] or 0})
    sweep_up()
    assert ModelCall.objects.count() == 1


def test_calls_that_ended_before_it_count_as_what_they_cost(rubric: Rubric) -> None:
    """Their worker died with their lines, but what they took was known."""
    grade = ask(rubric)
    ended = [
        CallRecord(HAIKU, "claude-1", NO_TOKENS, 202, 1_900),
        CallRecord("qwen3:8b", "claude-1", NO_TOKENS, None, 1_900),
    ]
    hold(claimed(grade), read_work(grade.pk), PRICED, ended=ended)
    grade.refresh_from_db()
    assert grade.reserved == 202 + MOST
    sweep_up()
    assert [(model, price) for model, _, price in lines()] == [
        (HAIKU, 202),
        ("qwen3:8b", None),
        (HAIKU, MOST),
    ]
    assert spent() == {202 + MOST}


def test_a_call_is_written_down_in_one_statement(
    rubric: Rubric, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    claim = claimed(ask(rubric))
    work = read_work(claim.grade_id)
    with django_assert_num_queries(1):
        hold(claim, work, PRICED, asked_hash="a" * 64)
    grade = Grade.objects.get()
    assert grade.claimed_at is not None
    assert work.grade.claimed_at is not None
    assert grade.claimed_at > work.grade.claimed_at
    assert (grade.asked_hash, grade.reserved) == ("a" * 64, MOST)
    assert grade.open_calls == [{"model": HAIKU, "most": MOST}]


def test_a_worker_that_died_between_calls_has_called_nobody(rubric: Rubric) -> None:
    claimed(ask(rubric))
    sweep_up()
    assert (lines(), spent()) == ([], {0})


def test_a_worker_believed_dead_brings_the_true_line(
    rubric: Rubric, claude_grades: ClaudeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    grade = ask(rubric)
    finish = running.finish

    def late(*claim_and_outcome: object, **fields: object) -> object:
        sweep_up()
        assert [error for _, error, _ in lines()] == ["worker_lost"]
        return finish(*claim_and_outcome, **fields)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(running, "finish", late)
    assert run_grade(grade_id=grade.pk) is None
    billed = claude_grades.requests()[0].billed
    price = round(billed.cost(HAIKU, "standard"))
    assert (lines(), spent()) == ([(HAIKU, "", price)], {price})


@pytest.mark.parametrize("fault", [Fault(), Fault(status=529), Fault(stop="refusal", times=2)])
def test_what_is_in_the_ledger_is_no_longer_open(
    rubric: Rubric, claude_grades: ClaudeApi, fault: Fault
) -> None:
    claude_grades.script(fault)
    grade = ask(rubric)
    run_grade(grade_id=grade.pk)
    grade.refresh_from_db()
    assert (grade.open_calls, grade.reserved) == ([], 0)
    assert ModelCall.objects.count() == len(claude_grades.requests())


def test_a_call_whose_reply_nobody_could_take_in_is_lost_as_well(
    rubric: Rubric, claude_grades: ClaudeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever went wrong: it was sent, and it is billed."""

    def stumble(*_: object) -> None:
        raise KeyError

    grade = ask(rubric)
    monkeypatch.setattr("grading.llm.client.with_event", stumble)
    assert run_grade(grade_id=grade.pk) is None
    assert len(claude_grades.requests()) == 1
    ((model, error, price),) = lines()
    assert (model, error, spent()) == (HAIKU, "worker_lost", {price})
    grade.refresh_from_db()
    assert (grade.state, grade.attempts, grade.open_calls) == ("pending", 1, [])


def test_a_call_outlives_words_that_are_deleted_while_they_are_judged(
    rubric: Rubric, claude_grades: ClaudeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    grade = ask(rubric)
    claim = claimed(grade)
    finish = running.finish

    def forget(*claim_and_outcome: object, **fields: object) -> object:
        grade.submission.delete()
        return finish(*claim_and_outcome, **fields)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(running, "finish", forget)
    assert judge_claimed(claim) is None
    line = ModelCall.objects.get()
    assert (line.grade, line.account) == (None, Account.objects.get(key="team:7/set:1"))
    assert spent() == {ModelCall.objects.aggregate(sum=Sum("micro_dollars"))["sum"]}
