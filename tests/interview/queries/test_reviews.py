from datetime import UTC, datetime

import pytest

from grading.models import Grade
from grading.operations.reviews import overrule
from interview.models import Answer, Team, User
from interview.queries.reviews import (
    OVERRULED,
    candidates_of,
    in_state,
    newer_than,
    older_than,
    on_topic,
    sets_sat_in,
    submitted_to,
    topics_asked_in,
)
from tests.factories import (
    first_grade,
    make_published_set,
    make_session,
    make_team,
    make_topic,
    make_user,
)
from tests.interview.aged import aged_answer, scored_answer

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MARKS = {"c1": "met", "c2": "not_met", "c3": "not_met"}


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def candidate() -> User:
    return make_user()


def test_newest_first_without_drafts_and_without_other_teams(team: Team, candidate: User) -> None:
    old = aged_answer(candidate, now=NOW, days=2, team=team)
    new = aged_answer(candidate, now=NOW, days=1, team=team)
    aged_answer(candidate, now=NOW, team=make_team())
    aged_answer(candidate, now=NOW)
    make_session(candidate, team=team)
    assert list(submitted_to(team)) == [new, old]


def test_states_are_those_of_the_current_grade(team: Team, candidate: User) -> None:
    found = {
        state: aged_answer(candidate, now=NOW, team=team, state=state)
        for state in (Grade.State.PENDING, Grade.State.RUNNING, Grade.State.UNGRADED)
    }
    graded = scored_answer(candidate, now=NOW, team=team, marks=MARKS)
    ruled = found[Grade.State.UNGRADED]
    overrule(grade=first_grade(ruled), marks=MARKS, reason="By hand.", reviewer=make_user())

    def of(state: str) -> set[Answer]:
        return set(in_state(submitted_to(team), state))

    assert of("pending") == {found[Grade.State.PENDING]}
    assert of("running") == {found[Grade.State.RUNNING]}
    assert of("ungraded") == set()
    assert of("graded") == {graded, ruled}
    assert of(OVERRULED) == {ruled}


def test_a_topic_narrows_to_questions_that_ask_about_it(team: Team, candidate: User) -> None:
    topic, other = make_topic(), make_topic()
    asked = aged_answer(candidate, now=NOW, team=team, version=make_published_set(topic=topic))
    aged_answer(candidate, now=NOW, team=team, version=make_published_set(topic=other))
    assert list(on_topic(submitted_to(team), topic)) == [asked]


def test_neighbours_follow_the_list_where_two_came_at_the_same_moment(
    team: Team, candidate: User
) -> None:
    oldest = aged_answer(candidate, now=NOW, days=1, team=team)
    first, second = (aged_answer(candidate, now=NOW, team=team) for _ in range(2))
    answers = submitted_to(team)
    assert list(answers) == [second, first, oldest]
    assert [newer_than(answers, answer) for answer in answers] == [None, second, first]
    assert [older_than(answers, answer) for answer in answers] == [first, oldest, None]


def test_choices_are_what_was_sat_in_the_team(team: Team, candidate: User) -> None:
    topic = make_topic()
    version = make_published_set(topic=topic)
    for _ in range(2):
        aged_answer(candidate, now=NOW, team=team, version=version)
    aged_answer(make_user(), now=NOW, version=make_published_set(topic=make_topic()))
    assert list(sets_sat_in(team)) == [version.question_set]
    assert list(topics_asked_in(team)) == [topic]
    assert list(candidates_of(team)) == [candidate]
