import re

from grading.agreement.measures import measure
from grading.agreement.page import report
from tests.grading.agreement.answers import estimate, row

ROWS = [row(0.0, graders=(0.0, 0.5)), row(1.0, graders=(1.0, 1.0)), row(0.5, question="2")]
ESTIMATES = [estimate(0.1), estimate(0.9), estimate(None)]
PAGE = report("<local>", [("small", ROWS, ESTIMATES, measure(ROWS, ESTIMATES, draws=5))])


def test_the_page_loads_nothing_and_escapes_names() -> None:
    assert re.findall(r"(?:https?:)?//|<script|<link|@import|url\(", PAGE) == []
    assert "&lt;local&gt;" in PAGE


def test_it_has_the_three_plots_with_their_descriptions() -> None:
    assert re.findall(r"<figcaption><b>(\w+)", PAGE) == ["Scores", "Confusion", "Reliability"]
    assert PAGE.count('role="img" aria-label=') == 3


def test_a_dot_an_answer_that_was_graded() -> None:
    scatter = PAGE.split("Confusion")[0]

    assert scatter.count("<circle") == 2


def test_undetermined_figures_are_dashes_and_people_have_a_row() -> None:
    assert "<td>–</td>" in PAGE  # noqa: RUF001 - the dash of an empty cell
    assert "One person against another" in PAGE


def test_a_set_without_any_grade_has_no_plots() -> None:
    none = [estimate(None)] * 3
    page = report("local", [("small", ROWS, none, measure(ROWS, none, draws=5))])

    assert "<svg" not in page
