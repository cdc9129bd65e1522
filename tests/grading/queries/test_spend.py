"""What accounts spent, summed by the database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from grading.models import Account, Grade, ModelCall, Rubric
from grading.operations.budget import ensure_account
from grading.operations.grades import request_grade
from grading.operations.rubrics import ensure_rubric
from grading.queries import spend
from grading.queries.accounts import accounts_within, held_by_account
from grading.queries.spend import PerAnswer, Sums
from tests.factories import CRITERIA

pytestmark = pytest.mark.django_db
HAIKU, SONNET = "claude-haiku-5-5", "claude-sonnet-5-5"
NOVEMBER = date(2026, 11, 1)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def rubric() -> Rubric:
    return ensure_rubric(question="Why?", reference_answer="Because.", criteria=CRITERIA)


def account(*keys: str) -> Account:
    found = ensure_account(keys=keys)
    assert found is not None
    return found


def line(payer: Account, at: datetime = NOON, **fields: object) -> ModelCall:
    """A follower's call: 250 tokens in, 2,700 read, 300 out."""
    usual: dict[str, object] = {
        "account": payer,
        "model": HAIKU,
        "prompt_version": "claude-1",
        "input_tokens": 250,
        "cache_write_5m_tokens": 0,
        "cache_write_1h_tokens": 0,
        "cache_read_tokens": 2_700,
        "output_tokens": 300,
        "micro_dollars": 202,
        "milliseconds": 1_900,
        "created_at": at,
    }
    return ModelCall.objects.create(**(usual | fields))


def test_a_month_begins_and_ends_at_midnight_utc() -> None:
    team = account("team:7")
    for moment in (
        datetime(2026, 10, 31, 23, 59, tzinfo=UTC),
        datetime(2026, 11, 1, tzinfo=UTC),
        datetime(2026, 11, 30, 23, 59, tzinfo=UTC),
        datetime(2026, 12, 1, tzinfo=UTC),
    ):
        line(team, moment)
    days = [row.day for row in spend.sums_by_day(spend.calls_of([team], NOVEMBER))]
    assert days == [date(2026, 11, 1), date(2026, 11, 30)]


def test_sums_are_by_account_model_and_day_and_know_the_price_without_the_cache() -> None:
    one, other = account("team:7", "team:7/set:1"), account("team:7", "team:7/set:2")
    line(one)
    line(one, batched=True)
    line(one, NOON - timedelta(days=1), model=SONNET, micro_dollars=3_770)
    line(other, error="overloaded", micro_dollars=None)
    line(account("team:8"))
    within = accounts_within("team:7")
    rows = spend.sums_by_day(spend.calls_of(within, NOVEMBER))
    assert [(row.account_id, row.model, row.day.day, row.sums) for row in rows] == [
        (one.pk, HAIKU, 24, Sums(2, 0, 0, 500, 0, 0, 5_400, 600, 404, 890, 1)),
        (one.pk, SONNET, 23, Sums(1, 0, 0, 250, 0, 0, 2_700, 300, 3_770, 8_900)),
        (other.pk, HAIKU, 24, Sums(1, 1, 1, 250, 0, 0, 2_700, 300, 0, 445)),
    ]
    total = sum((row.sums for row in rows), Sums())
    assert (total.calls, total.micro_dollars, total.uncached) == (4, 4_174, 10_235)
    assert (total.batched_share, Sums().batched_share) == (0.25, None)


def test_what_a_lost_call_counts_for_is_not_taken_for_something_the_cache_saved() -> None:
    """Nobody knows its tokens, so it counts for as much with the cache as without."""
    payer = account("team:7")
    line(payer)
    line(
        payer,
        input_tokens=0,
        cache_read_tokens=0,
        output_tokens=0,
        micro_dollars=5_000,
        error="worker_lost",
        lost_claim=uuid4(),
    )
    (row,) = spend.sums_by_day(spend.calls_of([payer], NOVEMBER))
    assert (row.sums.micro_dollars, row.sums.uncached) == (5_202, 5_445)


@pytest.mark.parametrize(
    "how", [{"error": "stream_broken"}, {"error": "timeout"}, {"stop_reason": "none"}]
)
def test_nor_is_what_counts_for_the_rest_of_a_reply_that_broke_off(how: dict[str, Any]) -> None:
    """It told of 100 tokens in, 2,000 read and 1 out, and counts for 1,500 out."""
    payer = account("team:7")
    told: dict[str, Any] = {"input_tokens": 100, "cache_read_tokens": 2_000, "output_tokens": 1}
    line(payer, micro_dollars=10 + 20 + 750, **told, **how)
    (row,) = spend.sums_by_day(spend.calls_of([payer], NOVEMBER))
    assert (row.sums.micro_dollars, row.sums.uncached) == (780, 210 + 750)


def test_shares_of_the_cache_are_of_what_could_be_cached_and_of_all_input() -> None:
    sums = Sums(input_tokens=100, cache_write_1h_tokens=60, cache_read_tokens=240)
    assert (sums.hit_share, sums.read_share) == (0.8, 0.6)
    assert (Sums().hit_share, Sums().read_share) == (None, None)


def test_an_answer_counts_once_however_many_calls_it_took(rubric: Rubric) -> None:
    payer = account("team:7")
    grades = [request_grade(rubric=rubric, text=text, accounts=["team:7"]) for text in "ab"]
    line(payer, grade=grades[0])
    line(payer, grade=grades[0], model=SONNET, micro_dollars=3_798)
    line(payer, grade=grades[1], micro_dollars=0, error="overloaded")
    line(payer, micro_dollars=1)  # tried, not asked for
    calls = spend.calls_of([payer], NOVEMBER)
    assert spend.answers_by_model(calls) == {(payer.pk, HAIKU): 2, (payer.pk, SONNET): 1}
    assert spend.per_answer(calls) == {payer.pk: PerAnswer(2, 4_000, 16_000_000)}
    assert spend.failures_of(calls) == [("overloaded", 1, 0)]


def test_what_came_in_batches_is_forecast_at_the_price_of_calls_one_by_one(rubric: Rubric) -> None:
    """Answers that wait in the queue are not judged at half price."""
    payer = account("team:7")
    grade = request_grade(rubric=rubric, text="a", accounts=["team:7"])
    line(payer, grade=grade, micro_dollars=101, batched=True)
    calls = spend.calls_of([payer], NOVEMBER)
    assert spend.per_answer(calls) == {payer.pk: PerAnswer(1, 202, 40_804)}


def test_what_is_held_counts_in_the_wider_account_too(rubric: Rubric) -> None:
    keys = ("team:7", "team:7/set:1")
    grade = request_grade(rubric=rubric, text="a", accounts=keys)
    tried = request_grade(rubric=rubric, text="b", accounts=["team:7"])
    Grade.objects.filter(pk=grade.pk).update(reserved=5)
    Grade.objects.filter(pk=tried.pk).update(reserved=2)
    team, narrow = accounts_within("team:7")
    assert held_by_account([team, narrow]) == {team.pk: 7, narrow.pk: 5}
    assert held_by_account([narrow]) == {narrow.pk: 5}


def test_the_latest_calls_come_first() -> None:
    payer = account("team:7")
    lines = [line(payer, timezone.now() - timedelta(hours=age)) for age in (3, 1, 2)]
    assert spend.latest_calls([payer], 2) == [lines[1], lines[2]]
