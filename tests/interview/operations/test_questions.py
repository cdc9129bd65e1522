import pytest

from interview.models import Question, QuestionSetVersion
from interview.operations.drafts import discard_draft, open_draft
from interview.operations.questions import (
    QuestionError,
    add_question,
    change_question,
    move_question,
    remove_question,
    text_of,
)
from tests.factories import make_draft_set, make_published_set, question_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> QuestionSetVersion:
    return open_draft(question_set=make_draft_set(questions=3))


def order(version: QuestionSetVersion) -> list[tuple[int, str]]:
    rows = version.questions.order_by("position")
    return [(row.position, row.title[-2]) for row in rows]


def at(version: QuestionSetVersion, position: int) -> Question:
    return version.questions.get(position=position)


def test_removing_a_question_closes_the_gap(draft: QuestionSetVersion) -> None:
    remove_question(question=at(draft, 2))
    assert order(draft) == [(1, "1"), (2, "3")]


def test_moving_swaps_neighbours_and_stops_at_the_ends(draft: QuestionSetVersion) -> None:
    move_question(question=at(draft, 1), by=1)
    assert order(draft) == [(1, "2"), (2, "1"), (3, "3")]
    move_question(question=at(draft, 3), by=1)
    assert order(draft) == [(1, "2"), (2, "1"), (3, "3")]


def test_keys_are_made_from_titles_and_kept_apart(draft: QuestionSetVersion) -> None:
    keys = [add_question(version=draft, text=question_text("Why?")).key for _ in range(3)]
    assert keys == ["why", "why-2", "why-3"]


def test_a_change_is_told_from_no_change(draft: QuestionSetVersion) -> None:
    question = at(draft, 1)
    assert change_question(question=question, text=text_of(question)) is False
    assert change_question(question=question, text=question_text("Another title")) is True
    assert at(draft, 1).title == "Another title"


def test_a_published_version_never_changes() -> None:
    version = make_published_set(questions=2)
    question = at(version, 1)
    for change in (
        lambda: add_question(version=version, text=question_text()),
        lambda: change_question(question=question, text=question_text("Other")),
        lambda: move_question(question=question, by=1),
        lambda: remove_question(question=question),
    ):
        with pytest.raises(QuestionError, match="never changes"):
            change()
    assert order(version) == [(1, "1"), (2, "2")]


def test_the_next_draft_starts_as_a_copy_and_shares_rubrics() -> None:
    version = make_published_set(questions=2)
    draft = open_draft(question_set=version.question_set)
    assert (draft.number, order(draft)) == (2, order(version))
    assert at(draft, 1).rubric_id == at(version, 1).rubric_id
    assert open_draft(question_set=version.question_set) == draft


def test_a_discarded_draft_leaves_what_is_published() -> None:
    version = make_published_set()
    open_draft(question_set=version.question_set)
    discard_draft(question_set=version.question_set)
    assert [row.number for row in version.question_set.versions.all()] == [1]
