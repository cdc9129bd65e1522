import pytest

from interview.models import Question, QuestionSet, Topic
from interview.operations.edits import (
    StaleQuestion,
    drop_question,
    fingerprint,
    save_question,
    shift_question,
)
from interview.operations.questions import text_of
from interview.queries.editor import working_version
from tests.factories import make_draft_set, make_published_set, question_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def published() -> QuestionSet:
    return make_published_set(questions=3).question_set


def titles(question_set: QuestionSet) -> list[str]:
    version = working_version(question_set)
    assert version is not None
    return [row.title[-2] for row in version.questions.order_by("position")]


def numbers(question_set: QuestionSet) -> list[tuple[int, str]]:
    return [(row.number, row.state) for row in question_set.versions.order_by("number")]


def first(question_set: QuestionSet) -> Question:
    version = working_version(question_set)
    assert version is not None
    return version.questions.select_related("rubric").get(position=1)


def test_a_change_to_a_published_set_opens_the_next_draft(published: QuestionSet) -> None:
    key = first(published).key
    saved = save_question(question_set=published, key=key, text=question_text("Other (9)"))
    assert (saved.version.number, saved.key, saved.position) == (2, key, 1)
    assert numbers(published) == [(1, "published"), (2, "draft")]
    assert titles(published) == ["9", "2", "3"]


def test_saving_what_stands_there_opens_no_draft(published: QuestionSet) -> None:
    question = first(published)
    save_question(question_set=published, key=question.key, text=text_of(question))
    assert numbers(published) == [(1, "published")]


def test_a_colleagues_change_in_between_is_not_overwritten() -> None:
    question_set = make_draft_set()
    question = first(question_set)
    seen = fingerprint(text_of(question))
    save_question(question_set=question_set, key=question.key, text=question_text("Theirs"))
    with pytest.raises(StaleQuestion, match="colleague"):
        save_question(
            question_set=question_set, key=question.key, text=question_text("Mine"), seen=seen
        )
    assert first(question_set).title == "Theirs"


def test_a_new_topic_is_made_once_and_put_on_the_question() -> None:
    question_set = make_draft_set(questions=0)
    for title in ("One", "Two"):
        save_question(
            question_set=question_set, text=question_text(title), new_topic=" Prompt  caching"
        )
    topic = Topic.objects.get()
    assert (topic.slug, topic.name, topic.questions.count()) == (
        "prompt-caching",
        "Prompt caching",
        2,
    )


def test_dropping_and_moving_leave_the_published_version(published: QuestionSet) -> None:
    key = first(published).key
    shift_question(question_set=published, key=key, by=1)
    assert titles(published) == ["2", "1", "3"]
    drop_question(question_set=published, key=key)
    assert titles(published) == ["2", "3"]
    assert published.versions.get(number=1).questions.count() == 3


def test_a_move_beyond_the_end_opens_no_draft(published: QuestionSet) -> None:
    shift_question(question_set=published, key=first(published).key, by=-1)
    assert numbers(published) == [(1, "published")]
