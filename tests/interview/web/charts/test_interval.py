from interview.web.charts import Interval


def test_estimates_are_rounded_and_kept_within_the_scale() -> None:
    assert Interval.around(64.6, -3, 104) == Interval(65, 0, 100)


def test_a_missing_bound_is_the_estimate_itself() -> None:
    interval = Interval.around(40)
    assert (interval.low, interval.high, interval.width, interval.doubt) == (40, 40, 0, 0)
    assert interval.sentence == "40 of 100"


def test_doubt_is_half_the_interval_and_never_rounded_down() -> None:
    assert Interval.around(65, 59, 72).doubt == 7
    assert Interval.around(65, 59, 71).sentence == "65 of 100, likely between 59 and 71"
