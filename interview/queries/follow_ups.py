"""Follow-up questions: where one is offered, how those that were asked stand."""

from collections.abc import Iterable

from grading.models import CriterionVerdict
from grading.queries.follow_ups import point_to_follow
from grading.queries.grades import current_grade
from interview.models import Answer, InterviewSession
from interview.queries.sessions import with_current_grade, with_marks


def may_be_followed(answer: Answer) -> bool:
    """Whether its kind gets a follow-up at all: a first answer, given in practice, to a set that
    has them."""
    session = answer.session
    return (
        answer.is_submitted
        and not answer.is_follow_up
        and session.mode == InterviewSession.Mode.PRACTICE
        and session.version.question_set.follow_ups
    )


def offer_of(answer: Answer) -> CriterionVerdict | None:
    """The verdict on the point that a follow-up would be aimed at; None where none is offered."""
    if answer.submission is None or not may_be_followed(answer):
        return None
    grade = current_grade(answer.submission)
    return point_to_follow(grade)


def follow_ups_to(answers: Iterable[Answer]) -> list[Answer]:
    """The follow-ups of these answers, each with its question and the marks of its current grade at
    hand; one query where there are none, four at any number."""
    asked = Answer.objects.filter(follow_up_of__in=[answer.pk for answer in answers])
    asked = asked.select_related("follow_up_question", "question")
    return list(with_marks(with_current_grade(asked)))
