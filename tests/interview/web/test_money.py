from datetime import date

import pytest

from interview.web.money import (
    about_dollars,
    exact_dollars,
    month_after,
    month_before,
    per_thousand,
)


@pytest.mark.parametrize(
    ("micro_dollars", "words"),
    [
        (None, "no price"),
        (0, "$0"),
        (7, "$0.000007"),
        (690, "$0.00069"),
        (2_504, "$0.0025"),
        (9_960, "$0.01"),
        (123_456, "$0.12"),
    ],
)
def test_estimates_say_no_more_digits_than_are_known(micro_dollars: int | None, words: str) -> None:
    assert about_dollars(micro_dollars) == words


def test_the_lines_of_a_chart_are_not_rounded() -> None:
    shown = [exact_dollars(amount) for amount in (500, 15_000, 500_000, 2_000_000, 1_500_000_000)]
    assert shown == ["$0.0005", "$0.015", "$0.50", "$2.00", "$1,500.00"]


def test_a_rate_is_rounded_half_up_and_absent_without_answers() -> None:
    assert (per_thousand(404, 2), per_thousand(1, 3), per_thousand(1, 2_000)) == (202_000, 333, 1)
    assert per_thousand(404, 0) is None


def test_months_follow_each_other_over_the_year() -> None:
    assert month_after(date(2026, 12, 1)) == date(2027, 1, 1)
    assert month_after(date(2027, 1, 1)) == date(2027, 2, 1)
    assert month_before(date(2027, 1, 1)) == date(2026, 12, 1)
