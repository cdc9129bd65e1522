from interview.web.charts import Interval, TrendPoint, trend_chart

WEEKS = [
    TrendPoint("7 September", 40, 20, 60, "7 Sep"),
    TrendPoint("14 September", 60, 40, 80, "14 Sep"),
]


def test_points_are_spread_over_the_width_and_measured_from_the_top() -> None:
    chart = trend_chart(WEEKS)

    assert chart.line == "0.0,66.7 100.0,33.3"
    assert chart.area == "0.0,33.3 100.0,0.0 100.0,66.7 0.0,100.0"
    assert (chart.last_y, chart.low_y, chart.high_y) == (72, 132, 12)
    assert chart.last == Interval(60, 40, 80)


def test_grid_lines_enclose_every_interval() -> None:
    assert [(line.value, line.y) for line in trend_chart(WEEKS).grid] == [
        (20, 192),
        (40, 132),
        (60, 72),
        (80, 12),
    ]


def test_a_flat_trend_at_either_end_of_the_scale_still_has_room() -> None:
    at_top = trend_chart([TrendPoint("Today", 100, 100, 100)])
    at_bottom = trend_chart([TrendPoint("Today", 0, 0, 0)])

    assert [line.value for line in at_top.grid] == [60, 80, 100]
    assert [line.value for line in at_bottom.grid] == [0, 20, 40]


def test_first_and_last_time_are_always_named_and_at_most_four() -> None:
    chart = trend_chart([TrendPoint(f"week {week}", 50, 40, 60) for week in range(12)])

    assert [(label.text, label.x, label.anchor) for label in chart.labels] == [
        ("week 0", "0.0%", ""),
        ("week 4", "36.4%", "mid"),
        ("week 7", "63.6%", "mid"),
        ("week 11", "100.0%", "end"),
    ]


def test_one_point_stands_at_the_right_edge() -> None:
    chart = trend_chart(WEEKS[:1])

    assert [(label.text, label.x, label.anchor) for label in chart.labels] == [
        ("7 Sep", "100.0%", "end")
    ]
    assert chart.summary == "7 September: 40 of 100, likely between 20 and 60."


def test_the_summary_tells_where_it_began_and_where_it_stands() -> None:
    assert trend_chart(WEEKS).summary == (
        "7 September: 40 of 100, likely between 20 and 60. "
        "14 September: 60 of 100, likely between 40 and 80."
    )


def test_no_points_make_a_chart_that_says_so() -> None:
    chart = trend_chart([])

    assert (chart.rows, chart.grid, chart.labels) == ((), (), ())
    assert chart.summary == "No answers yet."
