"""A score that stood in for a judge is not taken away because the judge could not grade."""

from grading.grader.doubt import Doubt
from grading.models import CriterionVerdict, Grade
from grading.operations.statements import insert


def keep_score(given_up: Grade) -> Grade | None:
    """Give the provisional grade that an ungraded one took the place of once more, in its place:
    marked for a person, who may rule on it. The ungraded one stays in the history.

    None where it took the place of no such grade. The caller holds the transaction.
    """
    stood_in = Grade.objects.filter(superseded_by=given_up, provisional=True).first()
    if stood_in is None:
        return None
    kept = Grade.objects.create(
        submission_id=given_up.submission_id,
        supersedes=given_up,
        state=stood_in.state,
        reason=stood_in.reason,
        judge=stood_in.judge,
        model=stood_in.model,
        prompt_version=stood_in.prompt_version,
        score=stood_in.score,
        confidence=stood_in.confidence,
        feedback=stood_in.feedback,
        provisional=True,
        injection_suspected=stood_in.injection_suspected,
        doubts=[*stood_in.doubts, Doubt.GIVEN_UP.value],
        setup_hash=stood_in.setup_hash,
        created_at=given_up.created_at,
        nudged_at=given_up.nudged_at,
        finished_at=given_up.finished_at,
    )
    insert(
        [
            CriterionVerdict(
                grade=kept,
                criterion_id=row.criterion_id,
                mark=row.mark,
                evidence=row.evidence,
                justification=row.justification,
                confidence=row.confidence,
                expected_credit=row.expected_credit,
            )
            for row in stood_in.verdicts.all()
        ]
    )
    return kept
