import pytest

from interview.operations.drafts import open_draft
from tests.factories import (
    CRITERIA,
    REFERENCE,
    make_draft_set,
    make_published_set,
    make_team,
    make_topic,
    make_user,
)
from tests.interview.api.callers import get

pytestmark = pytest.mark.django_db


def test_candidate_reads_questions_without_what_they_are_graded_against() -> None:
    user = make_user()
    topic = make_topic()
    version = make_published_set(team=make_team(candidate=user), topic=topic)
    question = version.questions.get()
    assert get(user, f"/question-sets/{version.question_set_id}/versions/1/")["questions"] == [
        {
            "key": question.key,
            "position": 1,
            "title": question.title,
            "prompt": question.prompt,
            "minutes": 4,
            "topics": [topic.slug],
            "rubric": None,
        }
    ]


@pytest.mark.parametrize("role", ["candidate", "reviewer"])
def test_nothing_a_grader_needs_leaks_to_those_who_may_not_edit(role: str) -> None:
    user = make_user()
    version = make_published_set(team=make_team(**{role: user}))
    found = str(get(user, f"/question-sets/{version.question_set_id}/versions/1/"))
    assert REFERENCE not in found
    assert CRITERIA[0].text not in found


def test_editor_reads_the_rubric_too() -> None:
    user = make_user()
    version = make_published_set(team=make_team(interviewer=user))
    (question,) = get(user, f"/question-sets/{version.question_set_id}/versions/1/")["questions"]
    assert question["rubric"]["reference_answer"] == REFERENCE
    assert question["rubric"]["grader_notes"] == ""
    assert question["rubric"]["criteria"][0] == {
        "key": "c1",
        "kind": "required",
        "weight": "3.00",
        "text": CRITERIA[0].text,
    }


def test_nobody_reads_the_rubrics_of_the_shared_library() -> None:
    user = make_user()
    make_team(admin=user)
    version = make_published_set()
    (question,) = get(user, f"/question-sets/{version.question_set_id}/versions/1/")["questions"]
    assert question["rubric"] is None


def test_draft_is_listed_for_editors_alone() -> None:
    candidate, interviewer = make_user(), make_user()
    team = make_team(candidate=candidate, interviewer=interviewer)
    question_set = make_published_set(team=team).question_set
    open_draft(question_set=question_set)
    path = f"/question-sets/{question_set.pk}/"
    assert [version["number"] for version in get(interviewer, path)["versions"]] == [2, 1]
    assert [version["number"] for version in get(candidate, path)["versions"]] == [1]


def test_sets_are_filtered_by_team_and_topic() -> None:
    user = make_user()
    team = make_team(interviewer=user)
    topic = make_topic()
    wanted = make_published_set(team=team, questions=2, topic=topic).question_set
    make_published_set()
    for query in ({"team": team.slug}, {"topic": topic.slug}):
        found = get(user, "/question-sets/", **query)["results"]
        assert [row["id"] for row in found] == [wanted.pk], query
    assert (found[0]["latest_version"], found[0]["question_count"]) == (1, 2)


def test_set_without_a_published_version_says_so() -> None:
    user = make_user()
    make_draft_set(team=make_team(interviewer=user))
    (found,) = get(user, "/question-sets/")["results"]
    assert (found["latest_version"], found["question_count"]) == (None, None)


def test_topics_of_another_teams_set_stay_its_own() -> None:
    user = make_user()
    shared, secret = make_topic("shared"), make_topic("secret")
    make_published_set(topic=shared)
    make_published_set(team=make_team(), topic=secret)
    assert get(user, "/topics/")["results"] == [
        {"slug": "shared", "name": "Shared", "parent": None}
    ]
