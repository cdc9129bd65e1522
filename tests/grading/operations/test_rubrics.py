from decimal import Decimal

from grading.models import Rubric
from grading.operations.rubrics import CriterionText, ensure_rubric
from grading.queries.rubrics import material_for


def rubric(
    weight: str = "3",
    *,
    question: str = "Why?",
    reference_answer: str = "Because.",
    grader_notes: str = "",
) -> Rubric:
    return ensure_rubric(
        question=question,
        reference_answer=reference_answer,
        criteria=[CriterionText("required", Decimal(weight), "The cause is named.")],
        grader_notes=grader_notes,
    )


def test_the_same_content_is_one_row(db: None) -> None:
    assert rubric().pk == rubric().pk
    assert rubric("3.00").pk == rubric("3").pk


def test_any_change_is_another_row(db: None) -> None:
    rows = {
        rubric().pk,
        rubric("2").pk,
        rubric(question="Who?").pk,
        rubric(reference_answer="Else.").pk,
        rubric(grader_notes="Be kind.").pk,
    }
    assert len(rows) == 5


def test_a_judge_is_given_what_was_stored(db: None) -> None:
    material = material_for(rubric(grader_notes="Be kind."), "It is so.")
    found = material.criteria[0]
    assert (found.id, found.kind, found.weight) == ("c1", "required", Decimal(3))
    assert (material.question, material.answer, material.grader_notes) == (
        "Why?",
        "It is so.",
        "Be kind.",
    )
