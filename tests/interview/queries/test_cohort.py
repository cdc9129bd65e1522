from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grading.models import Grade
from interview.models import Team
from interview.queries.cohort import cohort
from interview.queries.mastery import Tally, estimate
from tests.factories import make_published_set, make_team, make_topic, make_user
from tests.interview.aged import aged_answer, scored_answer

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def team() -> Team:
    return make_team()


def test_nobody_answered_yet(team: Team) -> None:
    found = cohort(team, now=NOW)
    assert (found.topics, found.rows, found.means, found.answers) == ([], [], [], 0)


def test_candidates_by_topic_strongest_first_with_gaps_where_nothing_is_known(team: Team) -> None:
    left, right = (make_published_set(topic=make_topic(name)) for name in ("left", "right"))
    weak, strong = make_user("weak"), make_user("strong")
    scored_answer(weak, 0.2, now=NOW, version=left, team=team)
    scored_answer(strong, 0.9, now=NOW, version=left, team=team)
    scored_answer(strong, 0.7, now=NOW, version=right, team=team)
    found = cohort(team, now=NOW)
    assert [topic.slug for topic in found.topics] == ["left", "right"]
    assert [(row.candidate, row.answers) for row in found.rows] == [(strong, 2), (weak, 1)]
    assert [cell and cell.answers for cell in found.rows[0].cells] == [1, 1]
    assert [cell and cell.answers for cell in found.rows[1].cells] == [1, None]


def test_means_run_over_everybody_s_answers(team: Team) -> None:
    version = make_published_set(topic=make_topic())
    for score in (0.2, 0.6, 0.7):
        scored_answer(make_user(), score, now=NOW, version=version, team=team)
    found = cohort(team, now=NOW)
    together = estimate(Tally(3, 3.0, 1.5, 0.04 + 0.36 + 0.49))
    (mean,) = found.means
    assert (mean.answers, found.answers) == (3, 3)
    assert (mean.estimate, mean.low, mean.high) == (
        pytest.approx(together.value),
        pytest.approx(together.low),
        pytest.approx(together.high),
    )
    assert found.overall.value == pytest.approx(together.value)


def test_a_question_on_two_topics_counts_once_overall(team: Team) -> None:
    version = make_published_set(topic=make_topic())
    version.questions.get().topics.add(make_topic())
    scored_answer(make_user(), 0.9, now=NOW, version=version, team=team)
    found = cohort(team, now=NOW)
    assert [mean.answers for mean in found.means] == [1, 1]
    assert (found.rows[0].answers, found.answers) == (1, 1)


def test_answers_without_a_score_and_answers_elsewhere_are_left_out(team: Team) -> None:
    candidate = make_user()
    aged_answer(candidate, now=NOW, team=team)
    aged_answer(candidate, now=NOW, team=team, state=Grade.State.UNGRADED)
    scored_answer(candidate, 0.9, now=NOW, team=make_team())
    scored_answer(candidate, 0.9, now=NOW)
    assert cohort(team, now=NOW).rows == []


def test_twenty_candidates_take_as_many_queries_as_one(team: Team) -> None:
    version = make_published_set(topic=make_topic())

    def ask() -> int:
        with CaptureQueriesContext(connection) as captured:
            cohort(team, now=NOW)
        return len(captured)

    scored_answer(make_user(), now=NOW, version=version, team=team)
    assert ask() == 4
    for _ in range(19):
        scored_answer(make_user(), now=NOW, version=version, team=team)
    assert ask() == 4
