from dataclasses import replace

import pytest

from grading.grader.scoring import NOT_NEEDED, confidence, score
from grading.grader.verdict import CriterionVerdict, Mark
from tests.grading.grader.material import CRITERIA

N, P, M, C = Mark.NOT_MET, Mark.PARTIAL, Mark.MET, Mark.CONTRADICTED


def verdicts(*marks: Mark, sure: float = 0.8) -> list[CriterionVerdict]:
    return [
        CriterionVerdict(criterion.id, mark, (), confidence=sure)
        for criterion, mark in zip(CRITERIA, marks, strict=True)
    ]


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ((M, M, N, N), 1.0),
        ((N, N, N, N), 0.0),
        ((M, N, N, N), 0.75),
        ((P, N, N, N), 0.375),
        ((N, M, M, N), 0.5),
        ((M, M, M, N), 1.0),
        ((M, N, N, C), 0.25),
        ((N, N, N, C), 0.0),
        ((C, M, N, N), 0.25),
    ],
)
def test_score_weighs_credit_and_subtracts_misconceptions(
    marks: tuple[Mark, ...], expected: float
) -> None:
    assert score(CRITERIA, verdicts(*marks)) == expected


def test_a_score_without_required_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a required criterion"):
        score(CRITERIA[2:], verdicts(M, M, M, M)[2:])


def test_agreeing_similarity_leaves_the_judges_own_confidence() -> None:
    assert confidence(CRITERIA, verdicts(M, M, N, N), 1.0, 0.9) == pytest.approx(0.8)


def test_disagreeing_similarity_takes_most_of_the_confidence() -> None:
    assert confidence(CRITERIA, verdicts(M, M, N, N), 1.0, 0.1) == pytest.approx(0.16)


def test_confidence_never_exceeds_the_judges_own() -> None:
    for similarity in (-1.0, 0.0, 0.5, 1.0, None):
        for reached in (0.0, 0.5, 1.0):
            assert confidence(CRITERIA, verdicts(M, M, N, N), reached, similarity) <= 0.8 + 1e-9


def test_where_no_second_opinion_was_needed_the_judges_own_confidence_stands() -> None:
    assert confidence(CRITERIA, verdicts(M, M, N, N), 1.0, NOT_NEEDED) == pytest.approx(0.8)


def test_no_reference_lowers_confidence() -> None:
    assert confidence(CRITERIA, verdicts(M, M, N, N), 1.0, None) == pytest.approx(0.68)


def test_a_stated_credit_counts_for_met_and_partial_alone() -> None:
    plain = verdicts(P, N, N, N)
    stated = [replace(plain[0], credit=0.3), replace(plain[1], credit=0.9), *plain[2:]]

    assert score(CRITERIA, stated) == pytest.approx(0.3 / 0.5 * score(CRITERIA, plain))


def test_a_judge_that_states_its_credits_keeps_its_confidence() -> None:
    stated = [replace(verdict, credit=0.0) for verdict in verdicts(N, N, N, N, sure=0.7)]

    assert confidence(CRITERIA, stated, 0.0, 0.99) == pytest.approx(0.7)
    assert confidence(CRITERIA, verdicts(N, N, N, N, sure=0.7), 0.0, 0.99) < 0.7
