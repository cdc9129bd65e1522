from decimal import Decimal

import pytest

from grading.models.money import dollars, in_dollars, in_micro_dollars


@pytest.mark.parametrize(
    ("micro_dollars", "words"),
    [
        (None, "no price"),
        (0, "$0"),
        (1, "$0.000001"),
        (202, "$0.000202"),
        (4_450, "$0.00445"),
        (9_999, "$0.009999"),
        (10_000, "$0.01"),
        (14_999, "$0.01"),
        (15_000, "$0.02"),
        (20_880_000, "$20.88"),
        (1_204_500_000, "$1,204.50"),
    ],
)
def test_amounts_are_to_the_cent_and_small_ones_exact(
    micro_dollars: int | None, words: str
) -> None:
    assert dollars(micro_dollars) == words


@pytest.mark.parametrize("micro_dollars", [0, 1, 10_000, 2_500_000, 40_000_000, 1_234_567])
def test_a_cap_comes_back_from_the_form_as_it_went_in(micro_dollars: int) -> None:
    assert in_micro_dollars(in_dollars(micro_dollars)) == micro_dollars
    assert str(in_dollars(40_000_000)) == "40.00"
    assert in_micro_dollars(Decimal("0.29")) == 290_000
