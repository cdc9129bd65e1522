from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks, Settings

from grading.models import ModelCall
from interview.models import Answer, FollowUpQuestion, InterviewSession
from interview.operations import follow_ups
from interview.operations.answers import (
    AlreadySubmittedError,
    AnswerError,
    open_answer,
    save_draft,
    submit_answer,
)
from interview.operations.follow_ups import (
    GIVEN_UP_AFTER,
    ask_follow_up,
    requeue_unwritten,
    write_question,
)
from interview.operations.sessions import retry_answer
from interview.queries.regrades import submissions_to
from tests.factories import (
    PLAIN_QUESTION,
    SECOND,
    first_grade,
    make_follow_up,
    make_half_answer,
    make_published_set,
    make_user,
)
from tests.fakes.claude_api import ClaudeApi

pytestmark = pytest.mark.django_db


@pytest.fixture
def claude(settings: Settings, claude_api: ClaudeApi) -> ClaudeApi:
    settings.GRADING_JUDGE = "claude"
    settings.ANTHROPIC_API_KEY = "sk-ant-secret"
    settings.ANTHROPIC_BASE_URL = claude_api.url
    return claude_api


@pytest.fixture
def nudged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ids of the questions that workers were told of."""
    told: list[int] = []
    monkeypatch.setattr(follow_ups, "nudge", lambda *, question_id: told.append(question_id))
    return told


def test_without_claude_the_question_is_there_at_once() -> None:
    answer = make_half_answer(make_user())
    reply = ask_follow_up(answer=answer)
    asked = reply.follow_up_question
    assert (asked.state, asked.text, asked.author) == ("written", PLAIN_QUESTION, "local")
    assert asked.criterion.key == "c2"
    assert (reply.follow_up_of, reply.session, reply.position) == (answer, answer.session, 1)
    assert reply.asks == PLAIN_QUESTION
    assert ModelCall.objects.count() == 0


def test_a_follow_up_is_asked_once() -> None:
    answer = make_half_answer(make_user())
    assert ask_follow_up(answer=answer) == ask_follow_up(answer=answer)
    assert Answer.objects.count() == 2


def test_it_is_graded_on_its_point_and_the_first_grade_stays() -> None:
    answer = make_half_answer(make_user())
    before = first_grade(answer)
    reply = make_follow_up(answer, text=SECOND)
    grade = first_grade(reply)
    assert [row.criterion.text for row in grade.verdicts.all()] == [
        "Without the division the softmax saturates and gradients vanish."
    ]
    assert grade.score == pytest.approx(1, abs=0.15)
    first = first_grade(answer)
    assert (first.pk, first.score) == (before.pk, before.score)
    assert answer.submission is not None
    assert answer.submission.grades.count() == 1


def test_it_can_be_written_and_submitted_when_the_sitting_is_finished() -> None:
    reply = make_follow_up(make_half_answer(make_user()))
    session = InterviewSession.objects.get()
    finished = session.finished_at
    assert not session.is_active
    open_answer(answer=reply)
    save_draft(answer=reply, text="So far.")
    submit_answer(answer=reply, text=SECOND)
    with pytest.raises(AlreadySubmittedError):
        submit_answer(answer=reply, text="Again.")
    session.refresh_from_db()
    assert session.finished_at == finished


def test_an_open_follow_up_keeps_no_sitting_open() -> None:
    first = make_half_answer(make_user(), version=make_published_set(questions=2))
    ask_follow_up(answer=first)
    session = first.session
    submit_answer(answer=session.answers.get(position=2), text="")
    session.refresh_from_db()
    assert not session.is_active


def test_attempts_and_retries_do_not_count_follow_ups() -> None:
    user = make_user()
    answer = make_half_answer(user)
    make_follow_up(answer, text="x")
    again = retry_answer(answer=answer)
    assert again.answers.get().attempt == 2
    assert retry_answer(answer=answer) == again


def test_with_claude_a_worker_writes_it_and_nothing_is_taken_before(
    claude: ClaudeApi,
    nudged: list[int],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    settings: Settings,
) -> None:
    answer = half_answer_by_the_local_judge(settings)
    with django_capture_on_commit_callbacks(execute=True):
        reply = ask_follow_up(answer=answer)
    question = reply.follow_up_question
    assert (question.state, reply.asks, nudged) == ("writing", "", [question.pk])
    for take in (save_draft, submit_answer):
        with pytest.raises(AnswerError, match="still being written"):
            take(answer=reply, text="Already.")
    assert write_question(question_id=question.pk)
    question.refresh_from_db()
    assert (question.state, question.author) == ("written", "claude")
    assert question.text.startswith("What does your answer leave open about this:")
    assert question.rubric is not None
    assert not write_question(question_id=question.pk)
    assert len(claude.requests()) == 1


def half_answer_by_the_local_judge(settings: Settings) -> Answer:
    """Graded without a call, so that the fake sees those for questions alone."""
    settings.GRADING_JUDGE = "local"
    answer = make_half_answer(make_user())
    settings.GRADING_JUDGE = "claude"
    return answer


def test_one_that_could_not_be_written_may_be_asked_for_again(
    claude: ClaudeApi, nudged: list[int], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = half_answer_by_the_local_judge(settings)
    reply = ask_follow_up(answer=answer)
    with monkeypatch.context() as without:
        without.setattr(follow_ups, "write_follow_up", lambda **_: None)
        write_question(question_id=reply.follow_up_question.pk)
    question = FollowUpQuestion.objects.get()
    assert (question.state, question.rubric) == ("failed", None)
    assert ask_follow_up(answer=answer) == reply
    assert write_question(question_id=question.pk)
    question.refresh_from_db()
    assert question.state == "written"


def test_lost_messages_and_workers_are_found_again(
    claude: ClaudeApi, nudged: list[int], settings: Settings
) -> None:
    reply = ask_follow_up(answer=half_answer_by_the_local_judge(settings))
    question = reply.follow_up_question
    now = timezone.now()
    assert requeue_unwritten(now=now) == 0
    assert requeue_unwritten(now=now + timedelta(seconds=settings.GRADE_NUDGE_SECONDS + 1)) == 1
    assert nudged == [question.pk]
    FollowUpQuestion.objects.update(claim=answer_uuid(), nudged_at=now)
    assert requeue_unwritten(now=now + timedelta(seconds=settings.GRADE_NUDGE_SECONDS + 1)) == 0
    assert requeue_unwritten(now=now + timedelta(seconds=settings.GRADE_LEASE_SECONDS * 2)) == 1
    assert write_question(question_id=question.pk)


def answer_uuid() -> Any:
    return Answer.objects.values_list("public_id", flat=True)[0]


def test_a_question_whose_workers_die_is_written_without_claude(
    claude: ClaudeApi, nudged: list[int], settings: Settings
) -> None:
    reply = ask_follow_up(answer=half_answer_by_the_local_judge(settings))
    FollowUpQuestion.objects.update(attempts=2)
    assert write_question(question_id=reply.follow_up_question.pk)
    kept = FollowUpQuestion.objects.get()
    assert (kept.state, kept.text, kept.author) == ("written", PLAIN_QUESTION, "stand_in")
    assert claude.requests() == []


def test_a_question_that_nobody_can_write_is_given_up_and_may_be_asked_for_again(
    claude: ClaudeApi, nudged: list[int], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = half_answer_by_the_local_judge(settings)
    question = ask_follow_up(answer=answer).follow_up_question

    def fail(**_: object) -> None:
        raise RuntimeError("Whatever nobody thought of.")

    with monkeypatch.context() as broken:
        broken.setattr(follow_ups, "write_follow_up", fail)
        now = timezone.now()
        for _ in range(GIVEN_UP_AFTER):
            with pytest.raises(RuntimeError):
                write_question(question_id=question.pk)
            now += timedelta(seconds=settings.GRADE_LEASE_SECONDS + 1)
            assert requeue_unwritten(now=now) == 1
        assert write_question(question_id=question.pk)
    question.refresh_from_db()
    assert question.state == "failed"
    assert ask_follow_up(answer=answer).follow_up_question.state == "writing"
    assert write_question(question_id=question.pk)


def test_a_broker_that_is_away_loses_no_question(
    claude: ClaudeApi,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    from interview.tasks import write_follow_up  # noqa: PLC0415 - to be broken here

    def away(*_: object) -> None:
        raise ConnectionError("Nobody listens.")

    monkeypatch.setattr(write_follow_up, "delay", away)
    with django_capture_on_commit_callbacks(execute=True):
        reply = ask_follow_up(answer=half_answer_by_the_local_judge(settings))
    assert reply.follow_up_question.state == "writing"


def test_a_question_is_one_workers_and_only_while_its_claim_lasts(
    claude: ClaudeApi, nudged: list[int], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = ask_follow_up(answer=half_answer_by_the_local_judge(settings)).follow_up_question
    write = follow_ups.write_follow_up

    def slowly(**asked: Any) -> Any:
        assert not write_question(question_id=question.pk)  # another worker, meanwhile
        FollowUpQuestion.objects.update(claim=answer_uuid())  # the sweep gave it away
        return write(**asked)

    monkeypatch.setattr(follow_ups, "write_follow_up", slowly)
    assert not write_question(question_id=question.pk)
    question.refresh_from_db()
    assert (question.state, question.text, question.attempts) == ("writing", "", 1)
    assert len(claude.requests()) == 1


def test_a_regrade_of_the_set_takes_follow_ups_along() -> None:
    answer = make_half_answer(make_user())
    reply = make_follow_up(answer, text=SECOND)
    found = submissions_to(answer.session.version.question_set)
    assert set(found) == {answer.submission, reply.submission}
