"""A list costs the same at 1 row and at 20."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grading.operations.reviews import overrule
from interview.models import User
from interview.operations.answers import submit_answer
from tests.factories import (
    make_follow_up,
    make_graded_answer,
    make_half_answer,
    make_published_set,
    make_session,
    make_team,
    make_topic,
    make_user,
)
from tests.interview.api.callers import API, browser

pytestmark = pytest.mark.django_db


def answers(user: User, count: int) -> str:
    for _ in range(count):
        make_graded_answer(make_user(), team=make_team(reviewer=user))
    return "/answers/"


def follow_ups(user: User, count: int) -> str:
    for _ in range(count):
        team = make_team(candidate=(candidate := make_user()), reviewer=user)
        make_follow_up(make_half_answer(candidate, team=team), text="")
    return "/answers/?follow_up=true"


def sessions(user: User, count: int) -> str:
    for _ in range(count):
        make_graded_answer(user, team=make_team(candidate=user))
    return "/sessions/"


def session(user: User, count: int) -> str:
    made = make_session(user, version=make_published_set(questions=count, topic=make_topic()))
    for answer in made.answers.all():
        submit_answer(answer=answer, text="Because of the variance.")
    return f"/sessions/{made.public_id}/"


def topics(user: User, count: int) -> str:
    for _ in range(count):
        topic = make_topic()
        topic.parent = make_topic()
        topic.save()
        make_published_set(topic=topic)
    return "/topics/"


def question_sets(user: User, count: int) -> str:
    for _ in range(count):
        make_published_set(team=make_team(interviewer=user))
    return "/question-sets/"


def version(user: User, count: int) -> str:
    made = make_published_set(team=make_team(interviewer=user), questions=count, topic=make_topic())
    return f"/question-sets/{made.question_set_id}/versions/1/"


def grades(user: User, count: int) -> str:
    answer = make_graded_answer(user)
    for _ in range(count - 1):
        current = answer.submission.grades.get(superseded_by=None)  # type: ignore[union-attr]  # submitted
        marks = {"c1": "met", "c2": "met", "c3": "not_met"}
        overrule(grade=current, marks=marks, reason="Looked again.", reviewer=user)
    return f"/answers/{answer.public_id}/grades/"


def progress(user: User, count: int) -> str:
    for _ in range(count):
        make_graded_answer(user, version=make_published_set(topic=make_topic()))
    return "/progress/"


@pytest.mark.parametrize(
    ("rows", "queries"),
    [
        (answers, 4),
        (follow_ups, 4),
        (sessions, 4),
        (session, 6),
        (topics, 3),
        (question_sets, 3),
        (version, 8),
        (grades, 6),
        (progress, 4),
    ],
)
def test_list_costs_the_same_at_one_row_and_at_twenty(
    rows: Callable[[User, int], str], queries: int
) -> None:
    assert [queries_for(rows, 1), queries_for(rows, 20)] == [queries, queries]


def queries_for(rows: Callable[[User, int], str], count: int) -> int:
    user = make_user()
    path = rows(user, count)
    client = browser(user)
    with CaptureQueriesContext(connection) as found:
        assert client.get(f"{API}{path}").status_code == 200
    return len(found)
