"""Grades that a judge left in doubt: found in the list, explained on the desk and to candidates."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from grading.models import Grade
from interview.models import Answer, QuestionSetVersion, Team, User
from tests.factories import first_grade, make_graded_answer, make_team, make_user
from tests.interview.web.views.reviews.pages import LIST, desk, listed, rule, text_of

pytestmark = pytest.mark.django_db
ANSWER = (
    "The variance of a dot product grows with the length of the vectors. So the scores are scaled "
    "down by the root of that length, and the softmax stays where it has a gradient to learn from."
)
NEARLY = ANSWER.replace("So the scores", "So these scores")


def doubt(answer: Answer, *doubts: str) -> None:
    Grade.objects.filter(submission=answer.submission).update(doubts=list(doubts))


def test_the_list_narrows_to_what_is_for_a_person(
    client: Client, reviewer: User, answer: Answer, version: QuestionSetVersion, team: Team
) -> None:
    make_graded_answer(make_user(), text="Taste.", version=version, team=team)
    assert listed(client, "?state=person") == []
    doubt(answer, "split")
    assert listed(client, "?state=person") == [answer]
    assert text_of(client, LIST).count("for a person") == 1


def test_an_answer_without_a_verdict_is_for_a_person(
    client: Client, reviewer: User, answer: Answer
) -> None:
    Grade.objects.filter(submission=answer.submission).update(
        state=Grade.State.UNGRADED, score=None, reason="refused"
    )
    assert listed(client, "?state=person") == [answer]


def test_the_desk_says_why_and_a_ruling_settles_it(
    client: Client, reviewer: User, answer: Answer
) -> None:
    doubt(answer, "split", "borderline")
    page = text_of(client, desk(answer))
    assert "A person should look at this. Readings of the same answer do not agree." in page
    assert rule(client, answer).status_code == 302
    assert "A person should look at this." not in text_of(client, desk(answer))
    assert listed(client, "?state=person") == []


def test_the_candidate_is_told_that_it_is_in_doubt_and_not_why(
    client: Client, candidate: User, answer: Answer
) -> None:
    client.force_login(candidate)
    url = reverse("verdict", args=[answer.public_id])
    assert "in doubt" not in text_of(client, url)
    doubt(answer, "neighbours")
    page = text_of(client, url)
    assert "The reviewers of North are asked to look at it" in page
    assert "nearly the same words" not in page


def test_the_desk_shows_the_teams_answers_like_this_one_with_their_scores(
    client: Client, reviewer: User, version: QuestionSetVersion, team: Team
) -> None:
    first = make_graded_answer(make_user("one"), text=ANSWER, version=version, team=team)
    make_graded_answer(make_user("two"), text=NEARLY, version=version, team=team)
    make_graded_answer(make_user("three"), text="Taste.", version=version, team=team)
    elsewhere = make_team(candidate=make_user("stranger"))
    make_graded_answer(
        User.objects.get(username="stranger"), text=NEARLY, version=version, team=elsewhere
    )
    page = text_of(client, desk(first)).partition("Answers like this one")[2]
    near = page.partition("alike")[0]
    score = first_grade(first).score
    assert score is not None
    assert near.split()[:2] == ["two", str(round(score * 100))]
    assert near.split()[-1] in {"97%", "98%", "99%"}
    assert "three" not in page
    assert "stranger" not in page


def test_the_desk_without_such_answers_does_not_mention_them(
    client: Client, reviewer: User, answer: Answer
) -> None:
    assert "Answers like this one" not in text_of(client, desk(answer))


def test_the_desk_asks_as_much_for_one_such_answer_as_for_many(
    client: Client, reviewer: User, version: QuestionSetVersion, team: Team
) -> None:
    first = make_graded_answer(make_user(), text=ANSWER, version=version, team=team)
    make_graded_answer(make_user(), text=NEARLY, version=version, team=team)
    with CaptureQueriesContext(connection) as at_one:
        client.get(desk(first))
    for _ in range(5):
        make_graded_answer(make_user(), text=NEARLY, version=version, team=team)
    with CaptureQueriesContext(connection) as at_many:
        client.get(desk(first))
    assert len(at_many) == len(at_one)
