"""Rows and estimates as small as a test can read."""

from grading.agreement.datasets import Row
from grading.agreement.estimates import Estimate

HEADER = (
    "question_id,question,reference_answer,student_answer,score,score_grader1,score_grader2,split"
)


def row(
    score: float,
    *,
    question: str = "1.1",
    line: int = 2,
    answer: str = "words",
    graders: tuple[float, float] | None = None,
    split: str = "",
) -> Row:
    return Row(line, question, f"What is {question}?", ("A thing.",), answer, score, graders, split)


def estimate(
    score: float | None, *, confidence: float | None = 0.9, seconds: float = 0.5
) -> Estimate:
    return Estimate(score, confidence if score is not None else None, "", False, seconds)
