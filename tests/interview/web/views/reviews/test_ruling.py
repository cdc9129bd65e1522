import re
from datetime import datetime

import pytest
from django.test import Client

from grading.models import Grade
from grading.operations.reviews import overrule
from grading.queries.grades import current_grade
from interview.models import Answer, Team, User
from tests.factories import (
    first_grade,
    make_team,
    make_user,
)
from tests.interview.aged import aged_answer, scored_answer
from tests.interview.web.views.reviews.pages import (
    MARKS,
    desk,
    rule,
    words,
)

pytestmark = pytest.mark.django_db


def test_a_ruling_supersedes_and_leads_back_to_the_desk(
    client: Client, reviewer: User, answer: Answer
) -> None:
    response = rule(client, answer, "?state=graded")
    assert (response.status_code, response["Location"]) == (302, f"{desk(answer)}?state=graded")
    assert answer.submission is not None
    ruling = current_grade(answer.submission)
    assert (ruling.score, ruling.ruled_by, ruling.ruling_reason) == (
        1.0,
        reviewer,
        "It is there.",
    )
    shown = client.get(response["Location"]).content.decode()
    assert "Your ruling stands at 100 of 100; it was 60." in shown


def test_an_answer_that_could_not_be_graded_can_be_ruled_by_hand(
    client: Client, reviewer: User, candidate: User, team: Team, now: datetime
) -> None:
    ungraded = aged_answer(candidate, now=now, team=team, state="ungraded")
    page = client.get(desk(ungraded))
    assert "counts for nothing until a person rules on it" in words(page)
    assert b"checked" not in page.content
    rule(client, ungraded)
    assert ungraded.submission is not None
    assert current_grade(ungraded.submission).score == 1.0
    assert "Could not be graded. The grader could not come" in words(client.get(desk(ungraded)))


def test_nobody_rules_on_an_answer_of_their_own(
    client: Client, reviewer: User, team: Team, now: datetime
) -> None:
    missed = dict.fromkeys(("c1", "c2", "c3"), "not_met")
    own = scored_answer(reviewer, 0.0, now=now, team=team, marks=missed)
    response = rule(client, own)
    assert response.status_code == 422
    assert "You gave this answer yourself. Ask another reviewer" in words(response)
    assert Grade.objects.count() == 1


def test_without_a_reason_the_form_comes_back_as_it_was(
    client: Client, reviewer: User, answer: Answer
) -> None:
    response = rule(client, answer, reason=" ")
    assert response.status_code == 422
    assert "Say why." in words(response)
    assert response.context["form"]["mark-c2"].value() == "met"
    assert Grade.objects.count() == 1


def test_every_point_wants_a_mark(client: Client, reviewer: User, answer: Answer) -> None:
    response = rule(client, answer, **{"mark-c2": ""})
    assert response.status_code == 422
    assert words(response).count("Rule on this point too.") == 1
    assert Grade.objects.count() == 1


def test_a_mark_that_its_kind_does_not_allow_is_refused(
    client: Client, reviewer: User, answer: Answer
) -> None:
    assert rule(client, answer, **{"mark-c3": "met"}).status_code == 422
    assert Grade.objects.count() == 1


def test_two_reviewers_at_once_the_second_looks_again_and_loses_nothing(
    client: Client, reviewer: User, answer: Answer
) -> None:
    seen = first_grade(answer)
    first = overrule(grade=seen, marks=MARKS, reason="Mine.", reviewer=make_user("zoe"))
    response = rule(client, answer, reason="My own words.")
    assert response.status_code == 409
    page = words(response)
    assert "Somebody ruled on this answer meanwhile." in page
    assert "Ruled by zoe" in page
    assert "My own words." in page
    assert current_grade(seen.submission) == first
    again = re.search(r'name="grade" value="([^"]*)"', response.content.decode())
    assert again is not None
    assert again[1] == str(first.public_id)
    assert rule(client, answer, reason="My own words.", grade=again[1]).status_code == 302
    assert current_grade(seen.submission).ruling_reason == "My own words."


def test_a_grade_of_another_answer_cannot_be_ruled_on_here(
    client: Client, reviewer: User, answer: Answer, now: datetime
) -> None:
    elsewhere = scored_answer(make_user(), now=now, team=make_team(), marks=MARKS)
    foreign = str(first_grade(elsewhere).public_id)
    assert rule(client, answer, grade=foreign).status_code == 422
    assert Grade.objects.count() == 2


def test_looking_at_the_address_of_a_ruling_changes_nothing(
    client: Client, reviewer: User, answer: Answer
) -> None:
    assert client.get(f"{desk(answer)}overrule/").status_code == 405
