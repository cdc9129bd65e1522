import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from grading.models import Grade, Submission
from interview.models import Answer, InterviewSession
from interview.operations.answers import (
    MAX_CHARACTERS,
    AlreadySubmittedError,
    AnswerError,
    AnswerGoneError,
    save_draft,
    submit_answer,
)
from interview.operations.sessions import SessionError, finish_session, retry_answer, start_session
from tests.factories import (
    make_answer,
    make_draft_set,
    make_published_set,
    make_session,
    make_topic,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> InterviewSession:
    return make_session(make_user(), version=make_published_set(questions=2))


def answer_at(session: InterviewSession, position: int) -> Answer:
    return session.answers.get(position=position)


def test_a_draft_is_kept_and_a_submission_takes_its_place(session: InterviewSession) -> None:
    save_draft(answer=answer_at(session, 1), text="So far.")
    assert answer_at(session, 1).draft == "So far."
    submit_answer(answer=answer_at(session, 1), text="All of it.")
    submitted = answer_at(session, 1)
    assert submitted.submission is not None
    assert (submitted.draft, submitted.submission.text) == ("", "All of it.")
    assert Grade.objects.get().state == Grade.State.PENDING


def test_an_answer_is_submitted_once(session: InterviewSession) -> None:
    submit_answer(answer=answer_at(session, 1), text="First.")
    with pytest.raises(AlreadySubmittedError):
        submit_answer(answer=answer_at(session, 1), text="Second.")
    with pytest.raises(AlreadySubmittedError):
        save_draft(answer=answer_at(session, 1), text="Third.")
    assert [row.text for row in Submission.objects.all()] == ["First."]


def test_the_last_answer_finishes_the_sitting(session: InterviewSession) -> None:
    submit_answer(answer=answer_at(session, 1), text="One.")
    session.refresh_from_db()
    assert session.is_active
    submit_answer(answer=answer_at(session, 2), text="Two.")
    session.refresh_from_db()
    assert not session.is_active


@pytest.mark.django_db(transaction=True)
def test_of_two_last_answers_at_the_same_moment_one_finishes_the_sitting() -> None:
    """The second is submitted while the first is, and not yet committed."""
    session = make_session(make_user(), version=make_published_set(questions=3))
    submit_answer(answer=answer_at(session, 3), text="One before, so that its account is there.")
    first_submitted, second_done = threading.Event(), threading.Event()

    def submit(position: int) -> None:
        with transaction.atomic():
            submit_answer(answer=answer_at(session, position), text=f"Answer {position}.")
            if position == 1:
                first_submitted.set()
                second_done.wait(timeout=0.5)  # runs out, as long as the second is kept waiting

    def second() -> None:
        first_submitted.wait(timeout=10)
        try:
            submit(2)
        finally:
            second_done.set()
            connection.close()

    other = threading.Thread(target=second)
    other.start()
    submit(1)
    other.join(timeout=20)
    session.refresh_from_db()
    assert session.answers.submitted().count() == 3
    assert not session.is_active


def test_a_finished_sitting_takes_no_more(session: InterviewSession) -> None:
    finish_session(session=session)
    with pytest.raises(AnswerError, match="finished"):
        submit_answer(answer=answer_at(session, 1), text="Late.")


def test_an_answer_that_is_too_long_is_refused_with_its_length(session: InterviewSession) -> None:
    with pytest.raises(AnswerError, match="20,000 characters; this one has 20,001"):
        submit_answer(answer=answer_at(session, 1), text="x" * (MAX_CHARACTERS + 1))
    assert Submission.objects.count() == 0


@pytest.mark.parametrize("write", [save_draft, submit_answer])
def test_an_answer_that_was_deleted_meanwhile_is_refused_in_words(
    session: InterviewSession, write: Callable[..., Answer]
) -> None:
    answer = answer_at(session, 1)
    Answer.objects.filter(pk=answer.pk).delete()
    with pytest.raises(AnswerGoneError, match="no longer there"):
        write(answer=answer, text="Too late.")
    assert Submission.objects.count() == 0


def test_a_blank_answer_may_be_submitted(session: InterviewSession) -> None:
    assert submit_answer(answer=answer_at(session, 1), text="").is_submitted


def test_a_retry_counts_attempts_and_asks_the_latest_wording() -> None:
    answer = make_answer(make_user())
    again = retry_answer(answer=answer)
    assert [row.attempt for row in again.answers.all()] == [2]
    assert again.candidate == answer.session.candidate


def test_trying_again_twice_goes_on_with_the_same_sitting() -> None:
    answer = make_answer(make_user())
    again = retry_answer(answer=answer)
    assert retry_answer(answer=answer) == again
    submit_answer(answer=again.answers.get(), text="Better.")
    assert retry_answer(answer=answer) != again


def test_a_sitting_asks_the_chosen_topics_up_to_a_limit() -> None:
    topic = make_topic()
    version = make_published_set(questions=3, topic=topic)
    person = make_user()
    asked = start_session(candidate=person, version=version, topics=[topic], limit=2)
    assert [row.position for row in asked.answers.all()] == [1, 2]
    with pytest.raises(SessionError, match="no question on these topics"):
        start_session(candidate=person, version=version, topics=[make_topic()])


def test_a_draft_cannot_be_sat() -> None:
    draft = make_draft_set().versions.get()
    with pytest.raises(SessionError, match="draft"):
        start_session(candidate=make_user(), version=draft)
