from datetime import timedelta
from math import sqrt

import pytest

from interview.queries.mastery import HALF_LIFE, Tally, estimate, share_after


def tally(*scores: float, weight: float = 1.0) -> Tally:
    return Tally(
        len(scores),
        len(scores) * weight,
        sum(scores) * weight,
        sum(score * score for score in scores) * weight,
    )


def test_without_an_answer_the_estimate_is_the_middle_and_its_doubt_is_wide() -> None:
    nothing = estimate(Tally())
    half = 1.645 * sqrt(2 * 0.09) / 2
    assert (nothing.value, nothing.low, nothing.high) == (
        0.5,
        pytest.approx(0.5 - half),
        pytest.approx(0.5 + half),
    )


def test_one_full_score_moves_the_estimate_only_part_of_the_way() -> None:
    assert estimate(tally(1.0)).value == pytest.approx((2 * 0.5 + 1) / 3)


def test_more_answers_alike_bring_the_estimate_nearer_to_them_and_narrow_it() -> None:
    few, many = estimate(tally(*[0.9] * 3)), estimate(tally(*[0.9] * 30))
    assert few.value < many.value < 0.9
    assert many.high - many.low < (few.high - few.low) / 3


def test_scores_that_disagree_leave_more_doubt_than_scores_that_agree() -> None:
    agreeing, torn = estimate(tally(*[0.5] * 8)), estimate(tally(*[0.0, 1.0] * 4))
    assert agreeing.value == torn.value == 0.5
    assert torn.high - torn.low > agreeing.high - agreeing.low


def test_old_answers_count_less_than_new_ones() -> None:
    fresh, faded = estimate(tally(*[1.0] * 6)), estimate(tally(*[1.0] * 6).aged(0.25))
    assert faded.value < fresh.value
    assert faded.low < fresh.low


def test_the_interval_stays_within_what_a_score_can_be() -> None:
    assert estimate(tally(*[1.0] * 4)).high == 1.0
    assert estimate(tally(*[0.0] * 4)).low == 0.0


def test_an_answer_of_one_half_life_counts_half_and_one_yet_to_come_double() -> None:
    assert share_after(timedelta()) == 1.0
    assert share_after(HALF_LIFE) == 0.5
    assert share_after(-HALF_LIFE) == 2.0


def test_sums_add_up_and_age_without_losing_their_count() -> None:
    both = tally(1.0) + tally(0.5)
    assert both == Tally(2, 2.0, 1.5, 1.25)
    assert both.aged(0.5) == Tally(2, 1.0, 0.75, 0.625)
