"""Follow-up questions: where one is offered, how those that were asked stand."""

from collections.abc import Iterable

from grading.models import CriterionVerdict, Grade
from grading.queries.follow_ups import point_to_follow
from interview.models import Answer, InterviewSession
from interview.queries.library import is_set_open
from interview.queries.sessions import with_current_grade, with_marks


def offer_of(answer: Answer, grade: Grade) -> CriterionVerdict | None:
    """The verdict on the point that a follow-up would be aimed at; None where none is offered.

    ``grade`` is the answer's current one, with all that ``point_to_follow`` wants at hand.
    """
    point = point_to_follow(grade) if _may_be_followed(answer) else None
    return point if point and is_set_open(answer) else None


def follow_ups_to(answers: Iterable[Answer]) -> list[Answer]:
    """The follow-ups of these answers, each with its question and the marks of its current grade at
    hand; one query where there are none, four at any number."""
    asked = Answer.objects.filter(follow_up_of__in=[answer.pk for answer in answers])
    asked = asked.select_related("follow_up_question", "question")
    return list(with_marks(with_current_grade(asked)))


def _may_be_followed(answer: Answer) -> bool:
    """Whether its kind gets a follow-up at all: a first answer, given in practice, to a set that
    has them."""
    session = answer.session
    return (
        answer.is_submitted
        and not answer.is_follow_up
        and session.mode == InterviewSession.Mode.PRACTICE
        and session.version.question_set.follow_ups
    )
