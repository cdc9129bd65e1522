"""Follow-ups on pages that are about more than one answer."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from grading.operations.grades import run_grade
from interview.operations.answers import submit_answer
from tests.factories import (
    HALF,
    PLAIN_QUESTION,
    first_grade,
    make_follow_up,
    make_half_answer,
    make_published_set,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db


def test_reviewers_see_what_it_asked_and_what_it_follows(client: Client) -> None:
    candidate, reviewer = make_user(), make_user()
    team = make_team("north", candidate=candidate, reviewer=reviewer)
    answer = make_half_answer(candidate, team=team)
    reply = make_follow_up(answer, text="Because of the softmax.")
    client.force_login(reviewer)
    listed = client.get(reverse("team_answers", args=["north"])).content.decode()
    assert listed.count("· follow-up") == 1
    desk = client.get(reverse("review_answer", args=["north", reply.public_id])).content.decode()
    assert PLAIN_QUESTION in desk
    assert HALF in desk
    assert reverse("review_answer", args=["north", answer.public_id]) in desk
    assert "counts for no average" in desk


def test_the_summary_names_the_follow_up_beside_its_question(
    client: Client,
) -> None:
    answer = make_half_answer(make_user())
    client.force_login(answer.session.candidate)
    url = reverse("session", args=[answer.session.public_id])
    before = client.get(url)
    make_follow_up(answer, text="The softmax saturates.")
    after = client.get(url)
    assert "graded apart" not in before.content.decode()
    assert "graded apart" in after.content.decode()
    for figure in ("overall", "scored", "answered"):
        assert after.context[figure] == before.context[figure]


def test_the_summary_looks_again_until_the_follow_up_is_graded(client: Client) -> None:
    answer = make_half_answer(make_user())
    reply = make_follow_up(answer)
    client.force_login(answer.session.candidate)
    url = reverse("session", args=[answer.session.public_id])
    again, without_script = 'hx-trigger="every 2s"', '<meta http-equiv="refresh"'

    def looks_again() -> set[bool]:
        page = client.get(url).content.decode()
        return {again in page, without_script in page}

    assert looks_again() == {False}
    reply = submit_answer(answer=reply, text="The softmax saturates.")
    assert looks_again() == {True}
    assert client.get(url).context["waiting"] == 0  # of the questions of the sitting
    run_grade(grade_id=first_grade(reply).pk)
    assert looks_again() == {False}


@pytest.mark.parametrize("rows", [1, 20])
def test_pages_cost_the_same_with_one_follow_up_and_with_twenty(
    client: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    version = make_published_set(questions=rows)
    answer = make_half_answer(make_user(), version=version)
    for place in answer.session.answers.filter(submission=None):
        first = submit_answer(answer=place, text=HALF)
        run_grade(grade_id=first_grade(first).pk)
        make_follow_up(first, text="")
    make_follow_up(answer, text="")
    client.force_login(answer.session.candidate)
    with django_assert_num_queries(12):
        client.get(reverse("session", args=[answer.session.public_id]))
    with django_assert_num_queries(15):
        client.get(reverse("verdict", args=[answer.public_id]))
