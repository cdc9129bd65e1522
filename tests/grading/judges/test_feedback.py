from grading.grader.verdict import CriterionVerdict, Mark
from grading.judges.feedback import compose
from tests.grading.grader.material import CRITERIA

N, P, M, C = Mark.NOT_MET, Mark.PARTIAL, Mark.MET, Mark.CONTRADICTED


def told(*marks: Mark) -> str:
    return compose(
        CRITERIA,
        [
            CriterionVerdict(criterion.id, mark, ())
            for criterion, mark in zip(CRITERIA, marks, strict=True)
        ],
    )


def test_what_is_wrong_comes_before_what_is_missing() -> None:
    assert told(N, P, N, C) == (
        "Not so, although the answer says it: The scaling makes the computation cheaper."
        "\n\nMissing, most valuable first: Dot products of longer vectors have a larger variance,"
        " so scores grow with the dimension."
        "\n\nTouched on, to be said more fully: Scaling keeps the softmax out of saturation, where"
        " gradients vanish."
    )


def test_a_point_turned_round_is_named() -> None:
    assert told(M, C, M, N) == (
        "Stated the other way round: Scaling keeps the softmax out of saturation, where gradients"
        " vanish."
    )


def test_a_complete_answer_is_told_so_and_what_would_go_further() -> None:
    assert told(M, M, N, N) == (
        "Every required point was found in the answer."
        "\n\nTo go further, add: Additive attention needs no such scaling."
    )
    assert told(M, M, M, N) == "Every required point was found in the answer."


def test_a_long_list_of_gaps_names_the_heaviest_three() -> None:
    five = [CRITERIA[0]] * 5
    verdicts = [CriterionVerdict("c1", N, ())] * 5

    assert compose(five, verdicts).endswith(" And 2 more, shown below.")
