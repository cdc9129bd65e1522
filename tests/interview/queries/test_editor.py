import pytest
from pytest_django import DjangoAssertNumQueries

from interview.formats.document import TopicDraft
from interview.operations.drafts import open_draft
from interview.operations.questions import add_question
from interview.queries.documents import document_of
from interview.queries.editor import sets_of_team, topics_for_team, working_version
from tests.factories import (
    CRITERIA,
    make_draft_set,
    make_published_set,
    make_team,
    make_topic,
    question_text,
)

pytestmark = pytest.mark.django_db


def test_sets_come_with_their_numbers_and_the_size_of_what_is_worked_on() -> None:
    team = make_team()
    published = make_published_set(team=team, slug="a", questions=2).question_set
    reopened = make_published_set(team=team, slug="b").question_set
    add_question(version=open_draft(question_set=reopened), text=question_text("Another"))
    make_draft_set(team=team, slug="c", questions=0)
    make_draft_set(team=make_team())
    assert [
        (row.slug, row.published_number, row.draft_number, row.question_count)
        for row in sets_of_team(team)
    ] == [("a", 1, None, 2), ("b", 1, 2, 2), ("c", None, 1, 0)]
    assert working_version(published) == published.versions.get()
    assert working_version(reopened) == reopened.versions.get(number=2)


def test_topics_are_those_of_the_library_and_the_team_once_each() -> None:
    team, shared, own = make_team(), make_topic("shared"), make_topic("own")
    make_published_set(topic=shared, questions=2)
    make_draft_set(team=team, topic=own, questions=2)
    make_draft_set(team=make_team(), topic=make_topic("theirs"))
    make_topic("of-nobody")
    assert {topic.slug for topic in topics_for_team(team)} == {"shared", "own"}
    assert topics_for_team(team).count() == 2


@pytest.mark.parametrize("count", [1, 20])
def test_a_version_becomes_a_document(
    django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    topic = make_topic("attention")
    version = make_published_set(slug="whole", questions=count, topic=topic)
    version.refresh_from_db()
    with django_assert_num_queries(4):  # set, questions, criteria, topics
        document = document_of(version)
    first = document.questions[0]
    assert (document.slug, len(document.questions)) == ("whole", count)
    assert document.topics == (TopicDraft("attention", "Attention"),)
    assert (first.title, first.topics, first.minutes) == (
        "Why is attention scaled? (1)",
        ("attention",),
        4,
    )
    assert [(row.kind, row.weight, row.text) for row in first.criteria] == [
        (row.kind, row.weight, row.text) for row in CRITERIA
    ]
