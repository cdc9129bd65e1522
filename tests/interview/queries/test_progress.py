from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grading.models import Grade
from grading.operations.reviews import overrule
from interview.models import QuestionSetVersion, User
from interview.queries.mastery import PRIOR_ANSWERS, Tally, estimate
from interview.queries.progress import (
    Unscored,
    by_week,
    mastery_by_topic,
    missed_again,
    overall,
    unscored,
)
from tests.factories import first_grade, make_published_set, make_topic, make_user
from tests.interview.aged import aged_answer, scored_answer

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)  # a Tuesday
MISSED = {"c1": "met", "c2": "not_met", "c3": "not_met"}
MET = {"c1": "met", "c2": "met", "c3": "not_met"}


@pytest.fixture
def candidate() -> User:
    return make_user()


@pytest.fixture
def version() -> QuestionSetVersion:
    return make_published_set(topic=make_topic("attention"))


def test_overall_draws_the_mean_of_scores_towards_the_middle(candidate: User) -> None:
    for score in (1.0, 0.8, 0.6):
        scored_answer(candidate, score, now=NOW)
    reached, answers = overall(candidate, now=NOW)
    assert answers == 3
    assert reached.value == pytest.approx((PRIOR_ANSWERS * 0.5 + 2.4) / (PRIOR_ANSWERS + 3))


def test_an_answer_of_one_half_life_weighs_half(candidate: User) -> None:
    scored_answer(candidate, 1.0, now=NOW, days=45)
    reached, _ = overall(candidate, now=NOW)
    assert reached.value == pytest.approx((PRIOR_ANSWERS * 0.5 + 0.5) / (PRIOR_ANSWERS + 0.5))


def test_answers_without_a_score_are_counted_and_never_mixed_in_as_zeros(candidate: User) -> None:
    scored_answer(candidate, 0.8, now=NOW)
    before = overall(candidate, now=NOW)
    aged_answer(candidate, now=NOW, state=Grade.State.UNGRADED)
    aged_answer(candidate, now=NOW, state=Grade.State.PENDING)
    aged_answer(candidate, now=NOW, state=Grade.State.RUNNING)
    assert overall(candidate, now=NOW) == before
    assert unscored(candidate) == Unscored(waiting=2, ungraded=1)


def test_only_the_last_word_on_an_answer_counts(
    candidate: User, version: QuestionSetVersion
) -> None:
    answer = scored_answer(candidate, 0.2, now=NOW, version=version, marks=MISSED)
    overrule(grade=first_grade(answer), marks=MET, reason="It is there.", reviewer=make_user())
    reached, answers = overall(candidate, now=NOW)
    assert (answers, reached.value) == (1, pytest.approx((PRIOR_ANSWERS * 0.5 + 1) / 3))


def test_other_people_s_answers_are_not_mine(candidate: User) -> None:
    scored_answer(make_user(), 1.0, now=NOW)
    assert overall(candidate, now=NOW)[1] == 0
    assert mastery_by_topic(candidate, now=NOW) == []
    assert by_week(candidate, now=NOW) == []


def test_topics_stand_strongest_first_and_untopical_answers_nowhere(candidate: User) -> None:
    weak, strong = (make_published_set(topic=make_topic(name)) for name in ("weak", "strong"))
    scored_answer(candidate, 0.1, now=NOW, version=weak)
    scored_answer(candidate, 0.9, now=NOW, version=strong)
    scored_answer(candidate, 0.9, now=NOW, version=strong)
    scored_answer(candidate, 0.5, now=NOW, version=make_published_set())
    found = mastery_by_topic(candidate, now=NOW)
    assert [(row.topic.slug, row.answers) for row in found] == [("strong", 2), ("weak", 1)]
    assert all(row.low < row.estimate < row.high for row in found)


def test_the_line_begins_with_the_first_answer_and_ends_with_the_estimate_of_now(
    candidate: User,
) -> None:
    for days, score in ((0.2, 0.9), (9, 0.7), (20, 0.4)):
        scored_answer(candidate, score, now=NOW, days=days)
    line = by_week(candidate, now=NOW)
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    assert [week.starts for week in line] == [monday - timedelta(weeks=n) for n in (3, 2, 1, 0)]
    assert [week.answers for week in line] == [1, 1, 0, 1]
    now, _ = overall(candidate, now=NOW)
    assert (line[-1].estimate, line[-1].low, line[-1].high) == (
        pytest.approx(now.value),
        pytest.approx(now.low),
        pytest.approx(now.high),
    )


def test_a_week_without_answers_fades_what_was_there(candidate: User) -> None:
    for _ in range(4):
        scored_answer(candidate, 1.0, now=NOW, days=14)
    first, second, third = by_week(candidate, now=NOW)
    assert first.estimate > second.estimate > third.estimate > 0.5


def test_the_line_is_no_longer_than_asked_for(candidate: User) -> None:
    scored_answer(candidate, now=NOW, days=200)
    assert len(by_week(candidate, now=NOW)) == 12
    assert len(by_week(candidate, now=NOW, weeks=3)) == 3


def test_a_point_missed_twice_is_named_with_when_it_was_last_met(
    candidate: User, version: QuestionSetVersion
) -> None:
    scored_answer(candidate, now=NOW, days=9, version=version, marks=MISSED)
    assert missed_again(candidate) == []
    scored_answer(candidate, now=NOW, days=3, version=version, marks=MISSED)
    met = scored_answer(candidate, now=NOW, days=1, version=version, marks=MET)
    (point,) = missed_again(candidate)
    assert point.text == "Without the division the softmax saturates and gradients vanish."
    assert (point.missed, point.asked, point.last_met) == (2, 3, met.submitted_at)
    assert point.question == met.question


def test_a_misconception_kept_clear_of_is_no_missed_point(
    candidate: User, version: QuestionSetVersion
) -> None:
    for _ in range(3):
        scored_answer(candidate, now=NOW, version=version, marks=MET)
    assert missed_again(candidate) == []


def test_everything_takes_as_many_queries_at_twenty_answers_as_at_one(
    candidate: User, version: QuestionSetVersion
) -> None:
    def ask() -> int:
        with CaptureQueriesContext(connection) as captured:
            overall(candidate, now=NOW)
            mastery_by_topic(candidate, now=NOW)
            by_week(candidate, now=NOW)
            unscored(candidate)
            missed_again(candidate)
        return len(captured)

    for _ in range(2):
        scored_answer(candidate, now=NOW, version=version, marks=MISSED)
    assert ask() == 8
    for number in range(18):
        scored_answer(candidate, now=NOW, days=number, version=version, marks=MISSED)
    assert ask() == 8


def test_nobody_s_estimate_is_the_middle_with_all_its_doubt(candidate: User) -> None:
    assert overall(candidate, now=NOW) == (estimate(Tally()), 0)
