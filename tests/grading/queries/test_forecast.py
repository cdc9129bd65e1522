"""What the answers that wait will cost, by the latest there is to go by."""

from datetime import UTC, date, datetime

import pytest

from grading.models import Account, Grade, ModelCall, Rubric
from grading.operations.budget import ensure_account
from grading.operations.grades import request_grade
from grading.operations.rubrics import ensure_rubric
from grading.queries.forecast import Answered, Forecast, forecast
from grading.queries.spend import PerAnswer, calls_of, per_answer
from tests.factories import CRITERIA

pytestmark = pytest.mark.django_db
AUGUST, SEPTEMBER, NOVEMBER = (date(2026, month, 1) for month in (8, 9, 11))
FEW = PerAnswer(2, 2_000, 2_000_000)


@pytest.fixture
def rubric() -> Rubric:
    return ensure_rubric(question="Why?", reference_answer="Because.", criteria=CRITERIA)


def account(*keys: str) -> Account:
    found = ensure_account(keys=keys)
    assert found is not None
    return found


def wait(rubric: Rubric, *keys: str) -> Grade:
    number = Grade.objects.count()
    return request_grade(rubric=rubric, text=f"{number}", accounts=keys)


def past(
    rubric: Rubric, payer: Account, at: datetime, price: int | None, *, answer: bool = True
) -> None:
    """An answer that was graded then, for that price; or a try."""
    keys = (payer.parent.key, payer.key) if payer.parent else (payer.key,)
    grade = wait(rubric, *keys) if answer else None
    if grade is not None:
        Grade.objects.filter(pk=grade.pk).update(state="ungraded")
    ModelCall.objects.create(
        account=payer, grade=grade, model="claude-haiku-5-5", prompt_version="claude-1",
        input_tokens=250, cache_write_5m_tokens=0, cache_write_1h_tokens=0, cache_read_tokens=0,
        output_tokens=300, micro_dollars=price, milliseconds=1_900, created_at=at,
    )  # fmt: skip


def test_a_forecast_grows_with_what_waits_and_doubts_by_the_spread(rubric: Rubric) -> None:
    payer = account("team:7")
    for number in range(4):
        request_grade(rubric=rubric, text=f"{number}", accounts=["team:7"])
    Grade.objects.filter(submission__text="0").update(waiting_for="budget")
    request_grade(rubric=rubric, text="elsewhere", accounts=["team:8"])
    spread, alike = PerAnswer(100, 20_000, 5_000_000), PerAnswer(100, 20_000, 4_000_000)
    assert forecast([payer], {payer.pk: spread}, NOVEMBER) == Forecast(
        4, 1, 800, 334, (Answered(NOVEMBER, 100),)
    )
    assert forecast([payer], {payer.pk: alike}, NOVEMBER).doubt == 0
    assert forecast([payer], {}, NOVEMBER) == Forecast(4, 1, None, None)
    assert forecast([account("team:9")], {}, NOVEMBER) == Forecast(0, 0, 0, 0)


def test_a_set_is_forecast_by_its_own_answers_and_a_new_one_by_all(rubric: Rubric) -> None:
    """Another set may have a model that costs forty times as much."""
    cheap, dear, new = (account("team:7", f"team:7/set:{number}") for number in range(3))
    known = {
        cheap.pk: PerAnswer(100, 20_000, 4_000_000),
        dear.pk: PerAnswer(100, 760_000, 5_776_000_000),
    }
    for number in range(3):
        request_grade(rubric=rubric, text=f"{number}", accounts=("team:7", dear.key))
    assert forecast([cheap, dear, new], known, NOVEMBER) == Forecast(
        3, 0, 22_800, 0, (Answered(NOVEMBER, 100),)
    )
    request_grade(rubric=rubric, text="new", accounts=("team:7", new.key))
    found = forecast([cheap, dear, new], known, NOVEMBER)
    assert (found.answers, found.mean) == (4, 22_800 + 3_900)
    assert found.goes_by == ((NOVEMBER, 200),)


def test_in_a_new_month_the_sets_own_latest_figures_stand_in(rubric: Rubric) -> None:
    """Those of the last month that has any, all of them, and what was tried is no answer."""
    one, other = account("team:7", "team:7/set:1"), account("team:7", "team:7/set:2")
    past(rubric, one, datetime(2026, 8, 31, 23, 59, tzinfo=UTC), 9_000)
    past(rubric, one, datetime(2026, 9, 1, tzinfo=UTC), 100)
    past(rubric, one, datetime(2026, 9, 30, 23, 59, tzinfo=UTC), 300)
    past(rubric, one, datetime(2026, 10, 2, tzinfo=UTC), 7_000, answer=False)
    past(rubric, other, datetime(2026, 8, 5, tzinfo=UTC), 50)
    team = [account("team:7"), one, other]
    wait(rubric, "team:7", one.key)
    assert forecast(team, {}, NOVEMBER) == Forecast(1, 0, 200, 201, (Answered(SEPTEMBER, 2),))
    wait(rubric, "team:7", other.key)
    found = forecast(team, {}, NOVEMBER)
    assert (found.mean, found.goes_by) == (250, ((SEPTEMBER, 2), (AUGUST, 1)))
    found = forecast(team, {other.pk: FEW}, NOVEMBER)
    assert (found.mean, found.goes_by) == (1_200, ((NOVEMBER, 2), (SEPTEMBER, 2)))


def test_a_set_without_any_goes_by_all_of_the_latest_month_there_is(rubric: Rubric) -> None:
    one, other, new = (account("team:7", f"team:7/set:{number}") for number in range(3))
    past(rubric, one, datetime(2026, 9, 3, tzinfo=UTC), 100)
    past(rubric, other, datetime(2026, 9, 4, tzinfo=UTC), 300)
    past(rubric, other, datetime(2026, 8, 4, tzinfo=UTC), 9_000)
    wait(rubric, "team:7", new.key)
    team = [account("team:7"), one, other, new]
    found = forecast(team, {}, NOVEMBER)
    assert (found.mean, found.goes_by) == (200, ((SEPTEMBER, 2),))
    found = forecast(team, {one.pk: FEW}, NOVEMBER)
    assert (found.mean, found.goes_by) == (1_000, ((NOVEMBER, 2),))


def test_answers_without_a_known_price_are_nothing_to_go_by(rubric: Rubric) -> None:
    """They are not free, and must not make the others look cheaper."""
    priced, unpriced, new = (account("team:7", f"team:7/set:{number}") for number in range(3))
    team, now = [account("team:7"), priced, unpriced, new], datetime(2026, 11, 3, tzinfo=UTC)
    past(rubric, unpriced, now, None)
    wait(rubric, "team:7", new.key)
    wait(rubric, "team:7", unpriced.key)
    known = per_answer(calls_of(team, NOVEMBER))
    assert forecast(team, known, NOVEMBER) == Forecast(2, 0, None, None)
    past(rubric, priced, now, 300)
    past(rubric, unpriced, now, None)
    known = per_answer(calls_of(team, NOVEMBER))
    found = forecast(team, known, NOVEMBER)
    assert (found.mean, found.doubt, found.goes_by) == (300, 0, ((NOVEMBER, 1),))


def test_what_another_team_paid_is_nothing_to_go_by(rubric: Rubric) -> None:
    past(rubric, account("team:8"), datetime(2026, 9, 3, tzinfo=UTC), 100)
    wait(rubric, "team:7")
    assert forecast([account("team:7")], {}, NOVEMBER) == Forecast(1, 0, None, None)
