"""Rows for tests, made the way the house makes them: through operations."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import count

from grading.models import Grade
from grading.operations.grades import run_grade
from grading.operations.rubrics import CriterionText
from interview.models import (
    Answer,
    InterviewSession,
    Question,
    QuestionSet,
    QuestionSetVersion,
    Role,
    Team,
    Topic,
    User,
)
from interview.operations.answers import submit_answer
from interview.operations.drafts import open_draft
from interview.operations.follow_ups import ask_follow_up
from interview.operations.publishing import publish_version
from interview.operations.question_sets import create_set
from interview.operations.questions import QuestionText, add_question
from interview.operations.sessions import start_session
from interview.operations.teams import create_team, set_role

_numbers = count(1)

REFERENCE = (
    "Attention scores are divided by the square root of the key dimension, because dot products of "
    "long vectors have a large variance. Without the division the softmax saturates and its "
    "gradients vanish."
)
HALF = REFERENCE.partition(". ")[0] + "."  # makes the first point and not the second
SECOND = REFERENCE.partition(". ")[2]  # makes the second alone
# What follows HALF up where Claude does not ask.
PLAIN_QUESTION = "One thing that a full answer says is still missing from yours. What is it?"
CRITERIA = (
    CriterionText(
        "required",
        Decimal(3),
        "Dot products of long vectors have a large variance, so scores are divided by the square "
        "root of the key dimension.",
    ),
    CriterionText(
        "required", Decimal(2), "Without the division the softmax saturates and gradients vanish."
    ),
    CriterionText("misconception", Decimal(1), "The division makes the computation cheaper."),
)


def make_user(username: str = "", **fields: str) -> User:
    return User.objects.create_user(
        username or f"person-{next(_numbers)}", password="secret-word", **fields
    )


def make_team(slug: str = "", **people: User) -> Team:
    """``make_team("north", reviewer=user)``: keywords are roles."""
    slug = slug or f"team-{next(_numbers)}"
    team = create_team(slug=slug, name=slug.title())
    for role, user in people.items():
        set_role(team=team, user=user, role=Role(role))
    return team


def make_topic(slug: str = "") -> Topic:
    slug = slug or f"topic-{next(_numbers)}"
    return Topic.objects.create(slug=slug, name=slug.replace("-", " ").title())


def question_text(title: str = "Why is attention scaled?", **changes: object) -> QuestionText:
    fields: dict[str, object] = {
        "title": title,
        "prompt": "Explain the scaling factor in attention.",
        "reference_answer": REFERENCE,
        "criteria": CRITERIA,
        "topics": frozenset(),
    }
    return QuestionText(**(fields | changes))  # type: ignore[arg-type]  # tests name the fields


def make_draft_set(
    *, team: Team | None = None, slug: str = "", questions: int = 1, topic: Topic | None = None
) -> QuestionSet:
    slug = slug or f"set-{next(_numbers)}"
    question_set = create_set(team=team, slug=slug, title=slug.replace("-", " ").title())
    draft = open_draft(question_set=question_set)
    for number in range(1, questions + 1):
        text = question_text(
            f"Why is attention scaled? ({number})", topics=frozenset({topic} if topic else ())
        )
        add_question(version=draft, text=text)
    return question_set


def make_published_set(
    *, team: Team | None = None, slug: str = "", questions: int = 1, topic: Topic | None = None
) -> QuestionSetVersion:
    question_set = make_draft_set(team=team, slug=slug, questions=questions, topic=topic)
    return publish_version(version=open_draft(question_set=question_set), by=None)


def make_session(
    candidate: User,
    *,
    version: QuestionSetVersion | None = None,
    team: Team | None = None,
    questions: Sequence[Question] | None = None,
) -> InterviewSession:
    return start_session(
        candidate=candidate,
        version=version or make_published_set(),
        team=team,
        questions=questions,
    )


def make_answer(
    candidate: User,
    *,
    text: str = REFERENCE,
    version: QuestionSetVersion | None = None,
    team: Team | None = None,
) -> Answer:
    """A submitted answer whose grade is still pending: no task runs in tests unless asked."""
    session = make_session(candidate, version=version, team=team)
    return submit_answer(answer=session.answers.order_by("position")[0], text=text)


def make_graded_answer(
    candidate: User,
    *,
    text: str = REFERENCE,
    version: QuestionSetVersion | None = None,
    team: Team | None = None,
) -> Answer:
    """A submitted answer, graded by the real local judge."""
    answer = make_answer(candidate, text=text, version=version, team=team)
    run_grade(grade_id=first_grade(answer).pk)
    return answer


def make_half_answer(
    candidate: User, *, version: QuestionSetVersion | None = None, team: Team | None = None
) -> Answer:
    """A graded answer that makes the first point of two: there is one to follow up."""
    return make_graded_answer(candidate, text=HALF, version=version, team=team)


def make_follow_up(answer: Answer, *, text: str | None = None) -> Answer:
    """The place of the answer's follow-up; with a text, submitted and graded."""
    reply = ask_follow_up(answer=answer)
    if text is None:
        return reply
    reply = submit_answer(answer=reply, text=text)
    run_grade(grade_id=first_grade(reply).pk)
    return reply


def first_grade(answer: Answer) -> Grade:
    assert answer.submission is not None
    return answer.submission.grades.get(supersedes=None)
