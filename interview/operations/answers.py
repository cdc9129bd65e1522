"""Answers: opened, kept while they are written, submitted once."""

from django.db import transaction
from django.utils import timezone

from grading.operations.grades import request_grade
from interview.models import Answer, InterviewSession, Question, Team, User
from interview.operations.sessions import finish_session, start_session
from interview.queries.payers import payer_labels

MAX_CHARACTERS = 20_000


class AnswerError(Exception):
    """An answer that cannot be taken; the message says why and what to do."""


class AnswerGoneError(AnswerError):
    """The answer was deleted meanwhile, so nothing was kept."""


class AlreadySubmittedError(AnswerError):
    """The answer was submitted before; what was submitted stands."""


def open_answer(*, answer: Answer) -> None:
    """Note when the candidate first saw the question."""
    if answer.opened_at is None:
        answer.opened_at = timezone.now()
        answer.save(update_fields=["opened_at"])


def save_draft(*, answer: Answer, text: str) -> Answer:
    """Keep what is written so far.

    Raises AnswerError when too long or submitted already, and AnswerGoneError when it was deleted.
    """
    check_length(text)
    with transaction.atomic():
        locked = _lock_open(answer)
        locked.draft = text
        locked.draft_saved_at = timezone.now()
        locked.save(update_fields=["draft", "draft_saved_at"])
    return locked


def submit_answer(*, answer: Answer, text: str, watched: bool = False) -> Answer:
    """Hand the words over to grading, once; the last answer of a sitting finishes it.

    With `watched` the candidate waits at a page that shows feedback while it is written.
    Raises AlreadySubmittedError on a second try, AnswerGoneError when the answer was deleted, and
    AnswerError when the text is too long.
    """
    check_length(text)
    with transaction.atomic():
        locked = _lock_open(answer)
        session = locked.session
        payers = payer_labels(session.team, session.version.question_set)
        assert locked.rubric is not None, "_lock_open sees to it"  # noqa: S101 - for mypy
        grade = request_grade(
            rubric=locked.rubric,
            text=text,
            accounts=payers,
            policy=session.version.question_set.grading,
            watched=watched,
            provisional_ok=session.team is not None and session.team.provisional_grades,
        )
        locked.submission = grade.submission
        locked.submitted_at = timezone.now()
        locked.draft = ""  # the submission is now the one home of these words
        locked.save(update_fields=["submission", "submitted_at", "draft"])
        # of two last answers at the same moment, the second is to see the first
        InterviewSession.objects.select_for_update().get(pk=session.pk)
        places = session.answers.without_follow_ups()
        if not places.filter(submission__isnull=True).exists():
            finish_session(session=session)
    return locked


def answer_question(
    *, candidate: User, question: Question, text: str, team: Team | None = None
) -> Answer:
    """Answer one question on its own: a sitting opened, answered and finished at once.

    Raises AnswerError when the text is too long and SessionError when the version is a draft.
    """
    with transaction.atomic():
        session = start_session(
            candidate=candidate, version=question.version, team=team, questions=[question]
        )
        return submit_answer(answer=session.answers.get(), text=text)


def check_length(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise AnswerError(
            f"An answer has at most {MAX_CHARACTERS:,} characters; this one has {len(text):,}."
        )


def _lock_open(answer: Answer) -> Answer:
    locked = (
        Answer.objects.select_for_update(of=("self",))
        .select_related(
            "question__rubric",
            "follow_up_question__rubric",
            "session__team",
            "session__version__question_set__team",
        )
        .filter(pk=answer.pk)
        .first()
    )
    if locked is None:
        raise AnswerGoneError(
            "This sitting is no longer there: it was deleted while you wrote. "
            "Copy what you wrote before you leave this page."
        )
    if locked.is_submitted:
        raise AlreadySubmittedError("This answer was submitted already; what you sent stands.")
    if not locked.takes_words:
        raise AnswerError("This sitting is finished. Try the question again in a new one.")
    if locked.rubric is None:
        raise AnswerError("This question is still being written. Look again in a moment.")
    return locked
