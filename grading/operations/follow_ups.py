"""Follow-up questions: one on the most valuable missed point, with a rubric of its own."""

import logging
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Final

from django.conf import settings

from grading.grader.following import Missed, part_about, plain_question
from grading.judges.base import JudgeUnavailable
from grading.judges.following import (
    follow_up_request,
    follow_up_version,
    gives_away,
    read_follow_up,
    without_passages,
)
from grading.judges.parsing import InvalidReply
from grading.llm.failures import CallFailed, HeldBack
from grading.models import Criterion, CriterionVerdict, Grade, Rubric, Submission
from grading.operations.asking import ask_claude, is_form_spelt_out
from grading.operations.judging import opaque_id
from grading.operations.policies import policy_of
from grading.operations.rubrics import CriterionText, ensure_rubric
from grading.queries.follow_ups import missed_of
from grading.queries.grades import with_verdicts

logger = logging.getLogger(__name__)

ASKED_BEFORE: Final = "\n\nFollow-up question: "


class Author(StrEnum):
    """Who wrote a question. `STAND_IN`: ours, because Claude could not."""

    CLAUDE = "claude"
    LOCAL = "local"
    STAND_IN = "stand_in"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question and what the answer to it is graded against."""

    question: str
    rubric: Rubric
    author: Author


def needs_claude() -> bool:
    """Whether writing a question takes a call, and so a worker."""
    return bool(settings.GRADING_JUDGE == "claude")


def write_follow_up(
    *, submission: Submission, criterion: Criterion, by_claude: bool
) -> FollowUp | None:
    """A question on this point of the submission's rubric, as its last verdict left it.

    Where Claude fails, our own stands in; None where ours would have to give the point away. Never
    raises for a call that failed. Takes as long as the call: no transaction may be open.
    """
    found = _last_verdict(submission, criterion)
    if found is None:
        return None
    aim, grade = found
    missed = missed_of(aim, grade)
    if by_claude:
        try:
            return _with_rubric(missed, _ask_claude(missed, submission), Author.CLAUDE)
        except (CallFailed, HeldBack, JudgeUnavailable, InvalidReply) as error:
            logger.warning("A follow-up question is not by Claude: %s", error)
    question = plain_question(missed)
    if question is None or gives_away(question, missed):
        return None
    return _with_rubric(missed, question, Author.STAND_IN if needs_claude() else Author.LOCAL)


def _last_verdict(
    submission: Submission, criterion: Criterion
) -> tuple[CriterionVerdict, Grade] | None:
    grades = Grade.objects.current().filter(submission=submission, state=Grade.State.GRADED)
    grade = with_verdicts(grades.select_related("submission__rubric")).first()
    rows = grade.verdicts.all() if grade else []
    return next(((row, grade) for row in rows if grade and row.criterion_id == criterion.pk), None)


def _ask_claude(missed: Missed, submission: Submission) -> str:
    reply = ask_claude(
        partial(follow_up_request, missed, user_id=opaque_id(submission.public_id)),
        policy=policy_of(submission),
        prompt_version=follow_up_version(),
        account_id=submission.account_id,
    )
    return read_follow_up(reply, missed, spelt_out=is_form_spelt_out())


def _with_rubric(missed: Missed, question: str, author: Author) -> FollowUp:
    """The point alone, required whatever it was before, and what the reference says of it.

    Judges read the first question with it: a follow-up is not understood without. They do not read
    what it repeats of the first answer: words of the question earn nothing, and these are the
    candidate's own, who may well say them again. A rubric also stays when the answer is deleted.
    """
    material, point = missed.material, missed.criterion
    bare = without_passages(question, missed)
    rubric = ensure_rubric(
        question=f"{material.question}{ASKED_BEFORE}{bare}",
        reference_answer=part_about(point, material.reference_answer),
        criteria=[CriterionText(Criterion.Kind.REQUIRED, point.weight, point.text)],
        grader_notes=material.grader_notes,
        by_people=False,
    )
    return FollowUp(question, rubric, author)
