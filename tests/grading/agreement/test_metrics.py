"""Expected values without a derivation beside them were computed with scipy and scikit-learn."""

import math

import numpy as np
import pytest

from grading.agreement import metrics

X = np.array([0.0, 0.1, 0.5, 0.5, 0.9, 1.0, 0.25, 0.75])
Y = np.array([0.0, 0.5, 0.5, 1.0, 0.75, 1.0, 0.0, 0.5])
FLAT = np.full(8, 0.5)
NONE = np.array([])


def test_pearsons_r() -> None:
    assert metrics.correlation(X, Y) == pytest.approx(0.7262066188778366)


def test_spearmans_rho_shares_ranks_between_ties() -> None:
    assert metrics.ranks(np.array([3.0, 1.0, 3.0])).tolist() == [2.5, 1.0, 2.5]
    assert metrics.spearman(X, Y) == pytest.approx(0.7394871269994073)


def test_a_correlation_with_a_constant_is_undetermined() -> None:
    assert math.isnan(metrics.correlation(X, FLAT))
    assert math.isnan(metrics.spearman(FLAT, Y))


def test_distances_by_hand() -> None:
    x, y = np.array([0.0, 1.0]), np.array([0.5, 1.0])

    assert metrics.rmse(x, y) == pytest.approx(math.sqrt(0.125))
    assert metrics.mae(x, y) == pytest.approx(0.25)


def test_levels_round_halves_up_and_move_no_score_people_give() -> None:
    assert metrics.to_levels(np.array([0.0, 0.049, 0.05, 0.15, 0.25, 1.0])).tolist() == [
        0, 0, 1, 2, 3, 10,
    ]  # fmt: skip
    given = np.array([0, 0.5, 1, 0.2, 0.4, 0.6, 0.8, 0.1, 0.7, 0.9])
    assert (metrics.to_levels(given) / 10).tolist() == pytest.approx(given.tolist())


def test_kappas() -> None:
    levels = metrics.to_levels(X), metrics.to_levels(Y)

    assert metrics.qwk(X, Y) == pytest.approx(0.7047970479704797)
    assert metrics.kappa(*levels, 11, power=0) == pytest.approx(0.24528301886792447)


def test_kappa_by_hand() -> None:
    # Half agree; by chance half would: (2 of 4 rows are 0, and 2 of 4 columns).
    x, y = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])

    assert metrics.kappa(x, y, 2, power=0) == pytest.approx(0.0)
    assert metrics.kappa(x, x, 2, power=2) == pytest.approx(1.0)


def test_a_bias_costs_qwk_and_not_r() -> None:
    assert metrics.correlation(X * 0.5, X) == pytest.approx(1.0)
    assert metrics.qwk(X * 0.5, X) < 0.7


def test_two_way_macro_f1() -> None:
    assert metrics.macro_f1(X, Y) == pytest.approx(0.7333333333333334)


def test_macro_f1_by_hand() -> None:
    # One of two correct ones found, none wrongly: F1 2/3 for correct, 4/5 for not correct.
    said, true = np.array([1.0, 0.5, 0.0, 0.0]), np.array([1.0, 1.0, 0.5, 0.0])

    assert metrics.macro_f1(said, true) == pytest.approx((2 / 3 + 4 / 5) / 2)


def test_correlation_within_questions_forgets_their_means() -> None:
    x = np.array([0.1, 0.2, 0.8, 0.9])
    y = np.array([0.2, 0.1, 0.9, 0.8])

    assert metrics.correlation(x, y) > 0.9
    assert metrics.within(x, y, ["a", "a", "b", "b"]) == pytest.approx(-1.0)


def test_calibration_error_by_hand() -> None:
    # Nine tenths claimed, half right: .4 away, weighing 4 of 5; .1 claimed, wrong: .1 away.
    sure = np.array([0.9, 0.9, 0.9, 0.9, 0.1])
    right = np.array([True, True, False, False, False])

    assert metrics.ece(sure, right) == pytest.approx((4 * 0.4 + 1 * 0.1) / 5)
    assert metrics.reliability(sure, right) == [
        (pytest.approx(0.1), 0.0, 1),
        (pytest.approx(0.9), 0.5, 4),
    ]


def test_certainty_has_a_bin() -> None:
    assert metrics.ece(np.array([1.0]), np.array([True])) == 0.0


def test_right_is_within_a_quarter() -> None:
    x, y = np.array([0.5, 0.5, 0.5]), np.array([0.75, 0.76, 0.25])

    assert metrics.is_right(x, y).tolist() == [True, False, True]


def test_the_interval_is_seeded_and_draws_whole_questions() -> None:
    def mean(drawn: metrics.Labels) -> float:
        return float(X[drawn].mean())

    alone = metrics.clustered_interval(mean, [str(n) for n in range(8)], draws=200)
    paired = metrics.clustered_interval(mean, list("aabbaabb"), draws=200)

    assert alone == metrics.clustered_interval(mean, [str(n) for n in range(8)], draws=200)
    assert alone[0] < X.mean() < alone[1]
    # Two questions: drawn alike, apart, or alike the other way; nothing in between.
    assert paired == (pytest.approx(X[[0, 1, 4, 5]].mean()), pytest.approx(X[[2, 3, 6, 7]].mean()))


def test_one_question_has_no_interval() -> None:
    low, high = metrics.clustered_interval(lambda _: 1.0, ["a", "a"])

    assert math.isnan(low)
    assert math.isnan(high)


@pytest.mark.parametrize("figure", [metrics.rmse, metrics.mae, metrics.qwk, metrics.macro_f1])
def test_no_rows_leave_a_figure_undetermined(figure: metrics.Figure) -> None:
    assert math.isnan(figure(NONE, NONE))
    assert math.isnan(metrics.within(NONE, NONE, []))
    assert math.isnan(metrics.ece(NONE, NONE.astype(bool)))
