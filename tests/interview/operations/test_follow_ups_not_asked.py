"""Where no follow-up is asked."""

import pytest

from grading.models import Grade
from grading.operations.reviews import overrule
from interview.models import Answer, FollowUpQuestion, InterviewSession, QuestionSet, Team
from interview.operations.follow_ups import FollowUpError, ask_follow_up
from interview.operations.sessions import SessionError, retry_answer
from tests.factories import (
    HALF,
    REFERENCE,
    first_grade,
    make_answer,
    make_follow_up,
    make_graded_answer,
    make_half_answer,
    make_published_set,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("text", ["", "I don't know.", REFERENCE, "asdkj qwlekj zxcmn qwpoei"])
def test_nothing_is_asked_where_an_interviewer_would_let_it_rest(text: str) -> None:
    answer = make_graded_answer(make_user(), text=text)
    with pytest.raises(FollowUpError, match="no follow-up"):
        ask_follow_up(answer=answer)
    assert Answer.objects.count() == 1


def test_nothing_is_asked_before_the_verdict_or_without_one() -> None:
    answer = make_answer(make_user(), text=HALF)
    with pytest.raises(FollowUpError):
        ask_follow_up(answer=answer)
    Grade.objects.update(state="ungraded", reason="judge_failed")
    with pytest.raises(FollowUpError):
        ask_follow_up(answer=answer)


def test_a_follow_up_is_not_followed_and_not_tried_again() -> None:
    reply = make_follow_up(make_half_answer(make_user()), text="Because of the softmax.")
    with pytest.raises(FollowUpError):
        ask_follow_up(answer=reply)
    with pytest.raises(SessionError, match="asked once"):
        retry_answer(answer=reply)


def test_an_imported_answer_is_not_followed() -> None:
    answer = make_half_answer(make_user())
    InterviewSession.objects.update(mode="imported", candidate=None)
    with pytest.raises(FollowUpError):
        ask_follow_up(answer=Answer.objects.get(pk=answer.pk))


def test_a_set_may_do_without() -> None:
    answer = make_half_answer(make_user())
    QuestionSet.objects.update(follow_ups=False)
    with pytest.raises(FollowUpError):
        ask_follow_up(answer=answer)


def test_who_left_the_team_is_asked_no_more() -> None:
    candidate = make_user()
    team = make_team(candidate=candidate)
    answer = make_half_answer(candidate, version=make_published_set(team=team), team=team)
    Team.objects.get().memberships.all().delete()
    with pytest.raises(FollowUpError, match="no longer open"):
        ask_follow_up(answer=answer)


def failed(answer: Answer) -> Answer:
    """The place of a follow-up whose question could not be written."""
    reply = ask_follow_up(answer=answer)
    FollowUpQuestion.objects.update(state="failed", rubric=None, text="", author="")
    return reply


def test_who_left_the_team_has_nothing_written_anew_at_its_cost() -> None:
    candidate = make_user()
    team = make_team(candidate=candidate)
    answer = make_half_answer(candidate, version=make_published_set(team=team), team=team)
    failed(answer)
    team.memberships.all().delete()
    with pytest.raises(FollowUpError, match="no longer open"):
        ask_follow_up(answer=answer)
    assert FollowUpQuestion.objects.get().state == "failed"


def test_a_set_that_does_without_by_now_has_nothing_written_anew() -> None:
    answer = make_half_answer(make_user())
    failed(answer)
    QuestionSet.objects.update(follow_ups=False)
    with pytest.raises(FollowUpError, match="no follow-up"):
        ask_follow_up(answer=answer)
    assert FollowUpQuestion.objects.get().state == "failed"


def test_nothing_is_written_anew_about_a_point_that_a_person_found_to_be_made() -> None:
    answer = make_half_answer(make_user())
    failed(answer)
    rule(answer, c1="met", c2="met")
    with pytest.raises(FollowUpError, match="no follow-up"):
        ask_follow_up(answer=answer)


def test_what_is_written_anew_is_about_the_point_that_is_missed_by_now() -> None:
    answer = make_half_answer(make_user())
    reply = failed(answer)
    rule(answer, c1="not_met", c2="met")
    assert ask_follow_up(answer=answer) == reply
    question = FollowUpQuestion.objects.get()
    assert (question.state, question.criterion.key) == ("written", "c1")


def rule(answer: Answer, **marks: str) -> None:
    """As a person rules on the required points."""
    marks |= {"c3": "not_met"}
    overrule(grade=first_grade(answer), marks=marks, reason="As I read it.", reviewer=make_user())
