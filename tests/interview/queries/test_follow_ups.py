"""A follow-up changes no count, no mean and no list of what was sat."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from interview.models import Answer, InterviewSession, Team, User
from interview.queries.cohort import cohort
from interview.queries.follow_ups import follow_ups_to, offer_of
from interview.queries.library import topics_to_practise
from interview.queries.progress import by_week, mastery_by_topic, missed_again, overall, unscored
from interview.queries.reviews import submitted_to
from interview.queries.sessions import (
    answers_of,
    attempts_at,
    counted_sessions,
    open_place,
    open_sessions,
    recent_answers,
)
from tests.factories import (
    first_grade,
    make_follow_up,
    make_half_answer,
    make_published_set,
    make_team,
    make_topic,
    make_user,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2100, 1, 1, tzinfo=UTC)


def counts(user: User, team: Team, session: InterviewSession, answer: Answer) -> dict[str, Any]:
    """Everything that counts or averages answers, for one candidate."""
    now = timezone.now().replace(microsecond=0, second=0, minute=0)
    return {
        "overall": overall(user, now=now),
        "topics": mastery_by_topic(user, now=now),
        "weeks": [(week.starts, week.answers) for week in by_week(user, now=NOW, weeks=9999)],
        "missed": missed_again(user),
        "unscored": unscored(user),
        "cohort": [(row.candidate, row.answers) for row in cohort(team, now=now).rows],
        "sittings": [(row.asked, row.answered) for row in counted_sessions(user)],
        "open": [(row.asked, row.answered) for row in open_sessions(user)],
        "places": list(answers_of(session)),
        "next": open_place(session, at=1),
        "recent": list(recent_answers(user)),
        "attempts": list(attempts_at(answer)),
        "practised": [(row.slug, row.answered) for row in topics_to_practise(user)],
    }


@pytest.fixture
def team() -> Team:
    return make_team(candidate=make_user("candidate"))


@pytest.fixture
def answer(team: Team) -> Answer:
    version = make_published_set(team=team, questions=2, topic=make_topic())
    return make_half_answer(User.objects.get(), version=version, team=team)


@pytest.mark.parametrize("text", [None, "", "Without it the softmax saturates, gradients vanish."])
def test_nothing_that_counts_counts_a_follow_up(
    team: Team, answer: Answer, text: str | None
) -> None:
    user = User.objects.get()
    before = counts(user, team, answer.session, answer)
    assert before["sittings"] == [(2, 1)]
    make_follow_up(answer, text=text)
    assert counts(user, team, answer.session, answer) == before


def test_reviewers_find_what_was_submitted_to_one(team: Team, answer: Answer) -> None:
    reply = make_follow_up(answer, text="The softmax.")
    assert list(submitted_to(team)) == [reply, answer]


def test_an_offer_is_made_for_the_point_that_was_missed(answer: Answer) -> None:
    grade = first_grade(answer)
    point = offer_of(answer, grade)
    assert point is not None
    assert point.criterion.key == "c2"
    session = answer.session
    session.version.question_set.follow_ups = False
    assert offer_of(answer, grade) is None


def test_no_offer_is_made_to_who_left_the_team(team: Team, answer: Answer) -> None:
    team.memberships.all().delete()
    assert offer_of(answer, first_grade(answer)) is None


@pytest.mark.parametrize("rows", [1, 20])
def test_follow_ups_cost_the_same_at_one_and_at_twenty(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user, version = make_user(), make_published_set()
    answers = [make_half_answer(user, version=version) for _ in range(rows)]
    for answer in answers:
        make_follow_up(answer, text="")
    with django_assert_num_queries(4):
        found = follow_ups_to(answers)
        assert [reply.follow_up_question.author for reply in found] == ["local"] * rows
