import pytest

from interview.web.charts import HeatRow, Interval, heat_class, heat_map


@pytest.mark.parametrize(
    ("estimate", "tint"),
    [(0, "h0"), (39, "h0"), (40, "h1"), (48.4, "h1"), (49, "h2"), (58, "h3"), (67, "h4"),
     (76, "h5"), (84.4, "h5"), (84.6, "h6"), (100, "h6"), (None, "few")],
)  # fmt: skip
def test_tint_rises_with_the_estimate(estimate: float | None, tint: str) -> None:
    assert heat_class(estimate) == tint


def test_cells_follow_the_columns_and_unknown_ones_are_few() -> None:
    row = HeatRow("Demo candidate", [Interval.around(86, 81, 91), None], Interval.around(72), "/p/")

    chart = heat_map(["Prompting", "Retrieval"], [row])

    assert chart.columns == ("Prompting", "Retrieval")
    (line,) = chart.rows
    assert (line.label, line.url, line.overall) == ("Demo candidate", "/p/", Interval(72, 72, 72))
    assert [cell.css for cell in line.cells] == ["h6", "few"]


def test_a_row_that_does_not_fit_the_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="Demo candidate has 0 cells for 1 columns"):
        heat_map(["Prompting"], [HeatRow("Demo candidate", [])])


def test_the_line_over_all_others_is_tinted_like_them() -> None:
    chart = heat_map(["Prompting"], [], mean=HeatRow("Everyone", [Interval.around(50)]))

    assert chart.mean is not None
    assert (chart.mean.label, chart.mean.cells[0].css) == ("Everyone", "h2")
