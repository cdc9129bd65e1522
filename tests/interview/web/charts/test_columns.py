import pytest

from interview.web.charts.columns import Column, column_chart


def test_parts_stand_on_each_other_with_a_gap() -> None:
    chart = column_chart(["a", "b"], [Column("1 May", (4, 2), "1 May")], word=str)
    below, above = chart.blocks
    assert (below.css, below.y, below.height) == ("col", "56.7", "93.3")
    assert (above.css, above.y, above.height) == ("col-2", "10.0", "45.7")
    assert (below.x, below.width) == ("18.00%", "64.00%")
    assert [(line.y, line.label) for line in chart.lines] == [(103, "2"), (57, "4"), (10, "6")]


@pytest.mark.parametrize(
    ("highest", "labels"),
    [
        (3, ["1", "2", "3"]),
        (7, ["2", "4", "6", "8"]),
        (1_000_000, ["500000", "1000000"]),
        (0, ["1"]),
    ],
)
def test_grid_lines_are_round_amounts(highest: int, labels: list[str]) -> None:
    chart = column_chart(["a"], [Column("1 May", (highest,))], word=str)
    assert [line.label for line in chart.lines] == labels


def test_a_part_of_nothing_is_not_drawn_and_a_small_one_is_seen() -> None:
    columns = [Column("1 May", (0, 0)), Column("2 May", (1, 999_999))]
    chart = column_chart(["a", "b"], columns, word=str)
    assert [(block.css, block.height) for block in chart.blocks] == [
        ("col", "0.5"),
        ("col-2", "139.0"),
    ]


def test_days_without_a_short_name_have_no_mark() -> None:
    columns = [Column("1 May", (1,), "1 May"), Column("2 May", (1,)), Column("3 May", (1,), "3")]
    chart = column_chart(["a"], columns, word=str)
    assert [(mark.text, mark.anchor) for mark in chart.marks] == [("1 May", ""), ("3", "mid")]
