from datetime import date

from grading.queries.forecast import Answered
from grading.queries.spend import Sums
from interview.queries.spend import ModelRow, SetRow
from interview.web.spend import goes_by_words, lines_of

NOVEMBER, OCTOBER, AUGUST = (date(2026, month, 1) for month in (11, 10, 8))


def test_what_a_forecast_goes_by_is_said_month_by_month() -> None:
    now, last, old = Answered(NOVEMBER, 12), Answered(OCTOBER, 30), Answered(AUGUST, 1)
    assert goes_by_words([now], NOVEMBER) == "the 12 of this month"
    assert goes_by_words([last], NOVEMBER) == "the 30 of October 2026, the latest there are"
    assert goes_by_words([now, last, old], NOVEMBER) == (
        "the 12 of this month and, where a set had none yet, the 30 of October 2026 and the 1 of "
        "August 2026"
    )
    assert goes_by_words([], NOVEMBER) == ""


def test_a_line_has_a_price_where_one_is_known_of_any_of_its_calls() -> None:
    """A model's price may be known from a day on."""
    rows = [
        ModelRow("qwen-3", 1, Sums(calls=2, unpriced=unpriced, micro_dollars=202))
        for unpriced in (0, 1, 2)
    ]
    assert [line.priced for line in lines_of([SetRow(None, "North", rows)])] == [True, True, False]
