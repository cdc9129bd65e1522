import numpy as np
import pytest

from grading.judges.coverage import by_clause, coverage, support

NEAR = np.array([[0.9, 0.1, 0.2], [0.2, 0.1, 0.8]])
WEIGHTS = np.array([3.0, 1.0])


def test_coverage_is_the_weighted_mean_of_the_nearest_pieces() -> None:
    assert coverage(NEAR, WEIGHTS) == pytest.approx((3 * 0.9 + 0.8) / 4)


def test_nothing_said_covers_nothing() -> None:
    assert coverage(np.zeros((2, 0)), WEIGHTS) == 0.0


def test_clauses_are_added_while_they_add() -> None:
    nearest = by_clause(NEAR, np.array([0, 0, 1]), 3)

    assert nearest.tolist() == [[0.9, 0.2, 0.0], [0.2, 0.8, 0.0]]
    assert support(nearest, WEIGHTS, 3) == (pytest.approx((3 * 0.9 + 0.8) / 4), [0, 1])
    assert support(nearest, WEIGHTS, 1) == (pytest.approx((3 * 0.9 + 0.2) / 4), [0])
