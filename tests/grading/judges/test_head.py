import pytest

from grading.judges.head import Head, shipped_head

HEAD = Head(steepness=6.0, middle=0.45, floor=0.1, certainty=(0.9, 0.5, 0.7))


def test_credit_rises_with_coverage_from_nothing_to_everything() -> None:
    found = [HEAD.credit(step / 10) for step in range(11)]

    assert found == sorted(found)
    assert (found[0], found[10]) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("score", "expected"),
    [(0.0, 0.9), (0.25, 0.7), (0.5, 0.5), (0.75, 0.6), (1.0, 0.7), (2.0, 0.7)],
)
def test_confidence_is_read_off_between_the_points(score: float, expected: float) -> None:
    assert HEAD.confidence(score) == pytest.approx(expected)


def test_the_shipped_head_is_readable_and_says_what_it_was_trained_on() -> None:
    head = shipped_head()

    assert head.credit(1.0) == 1.0
    assert all(0 < value < 1 for value in head.certainty)
