"""An answer's follow-up as its verdict page shows it."""

from dataclasses import dataclass

from grading.models import Grade
from interview.models import Answer, FollowUpQuestion
from interview.queries.follow_ups import follow_ups_to, offer_of
from interview.queries.sessions import grade_of
from interview.web.rooms import room_url
from interview.web.verdicts import Reading, read_grade

OFFERED = "offered"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """``state``: offered, writing, failed, written, or once it is answered that of its grade, with
    "-provisional" where that stands in for one to come."""

    state: str
    reply: Answer | None = None
    question: FollowUpQuestion | None = None
    grade: Grade | None = None
    reading: Reading | None = None

    @property
    def is_open(self) -> bool:
        """Whether it has still to be answered, so that nothing above it should tell the answer."""
        return self.state in {OFFERED, *FollowUpQuestion.State}

    @property
    def is_under_way(self) -> bool:
        """Whether the page has to look again."""
        return self.state in {"writing", "pending", "running"} or self.state.endswith("provisional")

    @property
    def room(self) -> str:
        return room_url(self.reply) if self.reply else ""


def read_follow_up(answer: Answer, grade: Grade) -> FollowUp | None:
    """How the follow-up of a graded answer stands; None where there is none. ``grade`` is the
    answer's current one, as ``offer_of`` wants it."""
    found = follow_ups_to([answer])
    if found:
        return _asked(found[0], answer)
    return FollowUp(OFFERED) if offer_of(answer, grade) else None


def _asked(reply: Answer, answer: Answer) -> FollowUp:
    reply.session = answer.session
    question, grade = reply.follow_up_question, grade_of(reply)
    if grade is None or reply.submission is None:
        return FollowUp(question.state, reply, question)
    state = f"{grade.state}-provisional" if grade.gives_way else grade.state
    reading = read_grade(grade, reply.submission.text) if grade.score is not None else None
    return FollowUp(state, reply, question, grade, reading)
