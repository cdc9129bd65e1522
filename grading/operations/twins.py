"""Same answer, same grade: an answer that was judged before is not judged again."""

from grading.grader.doubt import Doubt
from grading.grader.evidence import find_quote
from grading.grader.seam import Judge
from grading.grader.verdict import CriterionVerdict, Mark, Span, Verdict
from grading.models import Grade
from grading.operations.policies import setup_hash


def find_twin_verdict(grade: Grade, judge: Judge) -> Verdict | None:
    """The verdict of an earlier grade of the same normalised words under the same rubric, by
    the same judge, models, prompt and policy, its evidence moved to this answer's offsets; or None.
    """
    twin = (
        Grade.objects.filter(
            state=Grade.State.GRADED,
            submission__rubric_id=grade.submission.rubric_id,
            submission__normalised_hash=grade.submission.normalised_hash,
            setup_hash=setup_hash(judge, grade.submission),
        )
        .select_related("submission")
        .order_by("pk")
        .first()
    )
    if twin is None or twin.score is None or twin.confidence is None:
        return None
    verdicts = _moved_verdicts(twin, grade.submission.text)
    if verdicts is None:
        return None
    return Verdict(
        score=twin.score,
        confidence=twin.confidence,
        verdicts=verdicts,
        feedback=twin.feedback,
        reason=twin.reason,
        injection_suspected=twin.injection_suspected,
        model=twin.model,
        doubts=tuple(doubt for doubt in twin.doubts if doubt != Doubt.NEIGHBOURS),
    )


def _moved_verdicts(twin: Grade, text: str) -> tuple[CriterionVerdict, ...] | None:
    """The twin's verdicts on this text, or None when a quote cannot be found in it."""
    source = twin.submission.text
    verdicts = []
    for stored in twin.verdicts.select_related("criterion"):
        spans = [_moved_span(source, start, end, text) for start, end in stored.evidence]
        if None in spans:
            return None
        verdicts.append(
            CriterionVerdict(
                criterion_id=stored.criterion.key,
                mark=Mark(stored.mark),
                evidence=tuple(span for span in spans if span is not None),
                justification=stored.justification,
                confidence=stored.confidence,
                credit=stored.expected_credit,
            )
        )
    return tuple(verdicts)


def _moved_span(source: str, start: int, end: int, target: str) -> Span | None:
    if source == target:
        return Span(start, end)
    return find_quote(target, source[start:end])
