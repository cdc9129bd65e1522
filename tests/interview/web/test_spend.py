from datetime import date

from grading.queries.forecast import Answered
from interview.web.spend import goes_by_words

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
