import pytest

from tests.factories import make_graded_answer, make_published_set, make_topic, make_user
from tests.interview.api.callers import get

pytestmark = pytest.mark.django_db


def test_progress_is_empty_before_the_first_grade() -> None:
    assert get(make_user(), "/progress/") == {"topics": []}


def test_progress_tells_an_estimate_with_its_interval() -> None:
    user = make_user()
    topic = make_topic("attention")
    make_graded_answer(user, version=make_published_set(topic=topic))
    make_graded_answer(make_user(), version=make_published_set(topic=topic))
    (mastery,) = get(user, "/progress/")["topics"]
    assert mastery["topic"] == {"slug": "attention", "name": "Attention"}
    assert mastery["answers"] == 1
    assert 0 <= mastery["low"] < mastery["estimate"] < mastery["high"] <= 1
