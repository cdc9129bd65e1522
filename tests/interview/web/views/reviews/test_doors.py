from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from grading.models import Grade
from interview.models import Answer, Role, Team, User
from interview.operations.teams import set_role
from tests.factories import (
    make_session,
    make_team,
    make_user,
)
from tests.interview.web.views.reviews.pages import LIST, RULING, desk, rule, words

pytestmark = pytest.mark.django_db


def visit(client: Client, answer: Answer) -> list[HttpResponse]:
    return [client.get(LIST), client.get(desk(answer)), rule(client, answer)]


def test_strangers_are_sent_to_the_sign_in_page(client: Client, answer: Answer) -> None:
    for response in visit(client, answer):
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/?next=/teams/north/")


def test_candidates_of_the_team_are_refused(
    client: Client, answer: Answer, candidate: User
) -> None:
    client.force_login(candidate)
    assert [page.status_code for page in visit(client, answer)] == [403, 403, 403]


def test_for_another_team_nothing_of_it_exists(client: Client, answer: Answer) -> None:
    stranger = make_user()
    make_team("south", admin=stranger)
    client.force_login(stranger)
    assert [page.status_code for page in visit(client, answer)] == [404, 404, 404]


def test_another_team_s_answer_is_not_found_under_one_s_own(client: Client, answer: Answer) -> None:
    stranger = make_user()
    make_team("south", admin=stranger)
    client.force_login(stranger)
    own = f"/teams/south/answers/{answer.public_id}/"
    assert client.get(own).status_code == 404
    assert client.post(f"{own}overrule/", RULING).status_code == 404


def test_drafts_and_unknown_answers_are_not_found(
    client: Client, reviewer: User, candidate: User, team: Team
) -> None:
    draft = make_session(candidate, team=team).answers.get()
    assert client.get(desk(draft)).status_code == 404
    assert client.get(f"{LIST}{uuid4()}/").status_code == 404


def test_interviewers_read_and_are_told_why_they_cannot_rule(
    client: Client, answer: Answer, team: Team
) -> None:
    interviewer = make_user()
    set_role(team=team, user=interviewer, role=Role.INTERVIEWER)
    client.force_login(interviewer)
    response = client.get(desk(answer))
    assert "Ruling on an answer is for the reviewers and admins of North." in words(response)
    assert b'type="radio"' not in response.content
    assert rule(client, answer).status_code == 403
    assert Grade.objects.count() == 1
