"""A person's ruling: a new grade that supersedes, never a change to the old one."""

from collections.abc import Mapping
from copy import copy

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from grading.grader import scoring
from grading.grader.verdict import CriterionVerdict, Mark, Span, Verdict
from grading.models import Grade
from grading.operations.ledger import write_lost
from grading.operations.neighbours import flag_unlike_neighbours
from grading.operations.running import write_outcome
from grading.queries.rubrics import criteria_of


class ReviewError(Exception):
    """A ruling that cannot stand; the message says why."""


class StaleGradeError(ReviewError):
    """The grade is not, or not yet, one to rule on; look again."""


def overrule(*, grade: Grade, marks: Mapping[str, str], reason: str, reviewer: User) -> Grade:
    """Supersede a finished grade by a person's marks, one a criterion key. Answers in nearly the
    same words that have another grade then are marked for a person.

    Evidence is kept where the mark stands. A ruling on a provisional grade takes the place of the
    judge's that is still to come. Raises ReviewError without a reason, with a missing or
    unknown criterion, a mark its kind does not allow, or when the grade is no longer the last word.
    """
    if not reason.strip():
        raise ReviewError("Give a reason: the candidate and your team will read it.")
    with transaction.atomic():
        old = (
            Grade.objects.select_for_update(of=("self",))
            .select_related("submission__rubric")
            .get(pk=grade.pk)
        )
        later = Grade.objects.select_for_update().filter(supersedes=old).first()
        if later is not None and later.is_finished:
            raise StaleGradeError(
                "Somebody ruled on this answer meanwhile. Look at their grade first."
            )
        if not old.is_finished:
            raise StaleGradeError("This answer is still being graded. Wait for the verdict.")
        verdicts = _ruled_verdicts(old, marks)
        criteria = criteria_of(old.submission.rubric)
        now = timezone.now()
        # A judge under way finds its claim gone. Its calls are lost until it says otherwise,
        # and its words are free: this ruling is no verdict for others who use them.
        under_way = copy(later)
        ruling = later or Grade(supersedes=old, created_at=now, nudged_at=now)
        ruling.submission = old.submission
        ruling.claim, ruling.waiting_for, ruling.reserved = None, "", 0
        ruling.open_calls, ruling.asked_hash = [], ""
        ruling.judge = "person"
        ruling.ruled_by, ruling.ruling_reason = reviewer, reason.strip()
        ruling.finished_at = now
        write_outcome(
            ruling,
            Verdict(
                score=scoring.score(criteria, verdicts),
                confidence=1.0,
                verdicts=verdicts,
                feedback=old.feedback,
            ),
        )
        if under_way is not None:
            write_lost(grade=under_way)
    flag_unlike_neighbours(grade=ruling)
    return ruling


def _ruled_verdicts(old: Grade, marks: Mapping[str, str]) -> tuple[CriterionVerdict, ...]:
    criteria = list(old.submission.rubric.criteria.all())
    if set(marks) != {criterion.key for criterion in criteria}:
        raise ReviewError("Rule on every point, and on no other.")
    if unknown := set(marks.values()) - set(Mark):
        raise ReviewError(f"There is no mark called {', '.join(sorted(unknown))}.")
    before = {verdict.criterion_id: verdict for verdict in old.verdicts.all()}
    verdicts = []
    for criterion in criteria:
        mark = Mark(marks[criterion.key])
        if criterion.kind == criterion.Kind.MISCONCEPTION and mark in {Mark.MET, Mark.PARTIAL}:
            raise ReviewError("A misconception is either present or absent.")
        stored = before.get(criterion.pk)
        spans = stored.evidence if stored and mark != Mark.NOT_MET else []
        verdicts.append(
            CriterionVerdict(
                criterion_id=criterion.key,
                mark=mark,
                evidence=tuple(Span(start, end) for start, end in spans),
                justification=stored.justification if stored and stored.mark == mark else "",
            )
        )
    return tuple(verdicts)
