import pytest

from grading.agreement.measures import measure
from grading.agreement.regress import (
    BEGIN,
    END,
    compare,
    read_table,
    side_by_side,
    to_table,
    write_table,
)
from tests.grading.agreement.answers import estimate, row

PAGE = f"# Figures\n\n{BEGIN}\n{END}\n\nAfter it.\n"
MEASURED = measure(
    [row(score, question=str(n)) for n, score in enumerate((0.0, 0.5, 1.0, 1.0))],
    [estimate(score) for score in (0.0, 0.5, 1.0, 0.5)],
    draws=50,
)
TABLE = to_table({"small": MEASURED, "other": MEASURED})


def test_a_table_written_into_a_page_is_read_back() -> None:
    page = write_table(PAGE, TABLE)
    found = read_table(page)

    assert found["small"] == {
        name: None if value is None else pytest.approx(value, abs=0.0006)
        for name, value in TABLE["small"].items()
    }
    assert list(found) == ["small", "other"]
    assert page.startswith("# Figures\n\n")
    assert page.endswith(f"{END}\n\nAfter it.\n")


def test_writing_again_replaces_the_table() -> None:
    once = write_table(PAGE, TABLE)

    assert write_table(once, TABLE) == once


def test_a_page_without_a_place_for_the_table_is_told() -> None:
    with pytest.raises(ValueError, match="holds no table"):
        read_table("# Figures")


def test_an_empty_table_is_no_table() -> None:
    assert read_table(PAGE) == {}


def test_only_a_correlation_outside_the_old_interval_is_beyond() -> None:
    old = {"a": TABLE["small"] | {"r": 0.5, "low": 0.4, "high": 0.6}}
    inside, below = old["a"] | {"r": 0.6}, old["a"] | {"r": 0.39}

    assert [change.beyond for change in compare(old, {"a": inside})] == [False]
    assert [change.beyond for change in compare(old, {"a": below})] == [True]
    assert [change.beyond for change in compare({}, {"a": below})] == [False]


def test_old_and_new_stand_side_by_side() -> None:
    old = {"small": TABLE["small"] | {"r": 0.1, "low": 0.0, "high": 0.2}}
    lines = side_by_side(compare(old, TABLE)).splitlines()

    assert lines[1].startswith("* small ")
    assert "0.100 >" in lines[1]
    assert lines[2].startswith("other ")
    assert "- >" in lines[2]
