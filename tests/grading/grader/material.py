"""A small rubric to grade against."""

from decimal import Decimal

from grading.grader.material import Criterion, Kind, Material

QUESTION = (
    "Why is attention divided by the square root of the key dimension?\n\n"
    "Explain what happens to the softmax without it."
)
REFERENCE = (
    "Dot products of longer vectors have a larger variance, so scores grow with the key dimension."
    " Dividing by its square root keeps the softmax out of saturation, where gradients vanish."
    "\n\n- Additive attention needs no such scaling."
)
CRITERIA = (
    Criterion(
        "c1",
        "Dot products of longer vectors have a larger variance, so scores grow with the dimension.",
        Kind.REQUIRED,
        Decimal(3),
    ),
    Criterion(
        "c2",
        "Scaling keeps the softmax out of saturation, where gradients vanish.",
        Kind.REQUIRED,
        Decimal(1),
    ),
    Criterion("c3", "Additive attention needs no such scaling.", Kind.BONUS, Decimal(1)),
    Criterion("c4", "The scaling makes the computation cheaper.", Kind.MISCONCEPTION, Decimal(2)),
)


def answered(answer: str, *, criteria: tuple[Criterion, ...] = CRITERIA) -> Material:
    return Material(QUESTION, REFERENCE, criteria, answer)
