"""What a follow-up question would be aimed at."""

from django.conf import settings

from grading.grader.following import Missed, plain_question
from grading.grader.material import Criterion as PureCriterion
from grading.grader.material import Kind, Material
from grading.grader.verdict import Mark, Span
from grading.models import Criterion, CriterionVerdict, Grade
from grading.queries.gains import gains_of

CLAUDE = "claude"


def point_to_follow(grade: Grade) -> CriterionVerdict | None:
    """The missed point with the greatest weight x missing credit, or None where an interviewer
    would let it rest.

    That is: no final verdict of a judge or a person, nothing missed, nothing in the answer to
    build on, or no way to ask without Claude that keeps the point to itself. An asserted
    misconception is no point to be made. Submission, rubric, verdicts and criteria are at hand.
    """
    if grade.state != Grade.State.GRADED or grade.provisional or grade.reason:
        return None
    points = [
        row for row in grade.verdicts.all() if row.criterion.kind != Criterion.Kind.MISCONCEPTION
    ]
    gains = gains_of(grade)
    missed = [row for row in points if row.criterion.key in gains]
    if not missed or not any(row.credit for row in points):
        return None
    aim = max(missed, key=lambda row: (row.criterion.weight * (1 - row.credit), _is_required(row)))
    if settings.GRADING_JUDGE != CLAUDE and plain_question(missed_of(aim, grade)) is None:
        return None
    return aim


def missed_of(aim: CriterionVerdict, grade: Grade) -> Missed:
    """The point as the pure grader knows it; costs no query when all of the above is at hand."""
    submission, rubric = grade.submission, grade.submission.rubric
    rows = [row.criterion for row in grade.verdicts.all()]
    criteria = {row.key: _criterion(row) for row in rows}
    return Missed(
        material=Material(
            question=rubric.question,
            reference_answer=rubric.reference_answer,
            criteria=tuple(criteria.values()),
            answer=submission.text,
            grader_notes=rubric.grader_notes,
        ),
        criterion=criteria[aim.criterion.key],
        mark=Mark(aim.mark),
        evidence=tuple(Span(start, end) for start, end in aim.evidence),
        others=len(set(gains_of(grade)) - {aim.criterion.key}),
    )


def _criterion(row: Criterion) -> PureCriterion:
    return PureCriterion(row.key, row.text, Kind(row.kind), row.weight)


def _is_required(row: CriterionVerdict) -> bool:
    return row.criterion.kind == Criterion.Kind.REQUIRED
