import pytest

from grading.models import Grade
from interview.models import User
from interview.web.charts import Interval
from interview.web.scores import interval_of, judge_name, mean_interval, score_interval, sureness


def test_interval_widens_as_confidence_falls() -> None:
    assert score_interval(0.65, 0.9) == Interval(65, 40, 90)  # 1.645 x 0.25 / 1.645
    assert score_interval(0.5, 0.6827) == Interval(50, 9, 91)  # 1.645 x 0.25 / 1
    assert score_interval(0.65, 1.0) == Interval(65, 65, 65)
    assert score_interval(0.5, 0.0) == Interval(50, 0, 100)


def test_interval_stays_within_the_scale() -> None:
    assert score_interval(0.98, 0.9) == Interval(98, 73, 100)
    assert score_interval(0.0, 0.9) == Interval(0, 0, 25)


def test_a_rules_decision_is_no_estimate() -> None:
    blank = Grade(state=Grade.State.GRADED, reason="blank", score=0.0, confidence=0.99)
    assert interval_of(blank) == Interval(0, 0, 0)


def test_grade_without_a_score_has_no_interval() -> None:
    assert interval_of(None) is None
    assert interval_of(Grade(state=Grade.State.UNGRADED, reason="too_long")) is None


def test_mean_interval_is_the_mean_of_its_parts() -> None:
    assert mean_interval([]) is None
    assert mean_interval([Interval(40, 30, 50), Interval(60, 60, 60)]) == Interval(50, 45, 55)


@pytest.mark.parametrize(
    ("confidence", "words"),
    [(0.99, "Very sure"), (0.75, "Fairly sure"), (0.6, "Not very sure"), (0.1, "Unsure")],
)
def test_sureness_is_said_in_words(confidence: float, words: str) -> None:
    assert sureness(confidence) == words


def test_judge_is_named_as_what_it_is() -> None:
    graded = Grade.State.GRADED
    person = User(username="rhea", first_name="Rhea", last_name="Viewer")
    assert judge_name(Grade(state=graded, judge="local", model="minilm")) == (
        "the local judge (minilm)"
    )
    assert judge_name(Grade(state=graded, judge="local", reason="blank")) == "a fixed rule"
    assert judge_name(Grade(state=graded, judge="person", ruled_by=person)) == "Rhea Viewer"
    assert judge_name(Grade(state=graded, judge="person")) == "a reviewer"
    assert judge_name(Grade(state=Grade.State.PENDING)) == "no judge yet"
