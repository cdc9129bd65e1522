import json

import pytest

from grading.agreement.measures import DOUBTFUL, mean_of, measure
from tests.grading.agreement.answers import estimate, row

ROWS = [
    row(0.0, question="1", graders=(0.0, 0.0), split="train"),
    row(0.5, question="1", graders=(0.4, 0.6), split="train"),
    row(1.0, question="2", graders=(1.0, 1.0), split="unseen"),
    row(0.5, question="2", graders=(0.5, 0.5), split="unseen"),
    row(1.0, question="3", split="unseen"),
]
ESTIMATES = [
    estimate(0.0),
    estimate(0.5),
    estimate(1.0),
    estimate(1.0, confidence=DOUBTFUL - 0.1),
    estimate(None),
]
KEYS = (
    "n questions r r_interval spearman rmse mae qwk macro_f1 abstained ece r_within human seconds"
)


def test_the_promised_figures_are_there_and_are_json() -> None:
    figures = measure(ROWS, ESTIMATES, draws=50)

    assert set(KEYS.split()) <= figures.keys()
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures


def test_what_could_not_be_graded_is_counted_and_never_scored() -> None:
    figures = measure(ROWS, ESTIMATES, draws=50)

    assert (figures["n"], figures["questions"], figures["ungraded"]) == (5, 3, 1)
    assert figures["graded"] == 4
    assert figures["mae"] == pytest.approx(0.5 / 4)


def test_doubtful_answers_are_shown_apart() -> None:
    figures = measure(ROWS, ESTIMATES, draws=50)

    assert figures["abstained"] == pytest.approx(2 / 5)
    assert (figures["sure"]["graded"], figures["sure"]["rmse"]) == (3, 0.0)
    assert (figures["doubtful"]["graded"], figures["doubtful"]["rmse"]) == (1, 0.5)


def test_the_middle_range_is_of_peoples_scores() -> None:
    figures = measure(ROWS, ESTIMATES, draws=50)

    assert (figures["middle"]["graded"], figures["middle"]["mae"]) == (2, 0.25)


def test_two_people_are_compared_where_two_are_known() -> None:
    human = measure(ROWS, ESTIMATES, draws=50)["human"]

    assert (human["graded"], human["middle"]["graded"]) == (4, 2)
    assert human["mae"] == pytest.approx(0.05)
    assert human["kappa"] == pytest.approx((3 / 4 - 3 / 16) / (1 - 3 / 16))


def test_one_grader_means_no_human_figures() -> None:
    assert measure([row(0.5), row(1.0)], ESTIMATES[:2], draws=5)["human"] is None


def test_splits_are_told_apart_where_there_are_several() -> None:
    assert measure(ROWS, ESTIMATES, draws=5)["by_split"].keys() == {"train", "unseen"}
    assert measure(ROWS[:2], ESTIMATES[:2], draws=5)["by_split"] == {}


def test_time_is_summed() -> None:
    figures = measure(ROWS, ESTIMATES, draws=5)

    assert (figures["seconds"], figures["latency"]["mean"]) == (2.5, 0.5)


def test_a_set_without_any_grade_has_no_figures() -> None:
    figures = measure(ROWS[:2], [estimate(None)] * 2, draws=5)

    assert (figures["r"], figures["rmse"], figures["abstained"]) == (None, None, 1.0)
    assert figures["r_interval"] == [None, None]


def test_the_mean_over_sets_needs_a_figure_of_each() -> None:
    whole = measure(ROWS, ESTIMATES, draws=5)
    flat = measure(ROWS[:1], ESTIMATES[:1], draws=5)

    assert mean_of([whole, whole])["r"] == pytest.approx(whole["r"])
    assert mean_of([whole, flat])["r"] is None
