"""First drafts that people edit."""

from grading.grader.drafting import draft_criteria as draft_from_structure
from grading.operations.rubrics import CriterionText


def draft_criteria(*, question: str, reference_answer: str) -> tuple[CriterionText, ...]:
    """Criteria drawn from the reference's lists, bold terms and sentences; none without one."""
    if not reference_answer.strip():
        return ()
    drafted = draft_from_structure(question, reference_answer)
    return tuple(CriterionText(row.kind.value, row.weight, row.text) for row in drafted)
