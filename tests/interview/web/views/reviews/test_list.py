import re
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from grading.operations.reviews import overrule
from interview.models import Answer, Team, User
from tests.factories import (
    first_grade,
    make_user,
)
from tests.interview.aged import aged_answer, scored_answer
from tests.interview.web.views.reviews.pages import LIST, MARKS, listed, text_of

pytestmark = pytest.mark.django_db


def test_nothing_submitted_says_how_answers_get_here(client: Client, reviewer: User) -> None:
    page = text_of(client, LIST)
    assert "Nobody has submitted an answer to this team yet." in page
    assert "Show" not in page


def test_a_row_says_who_answered_what_how_it_stands_and_who_graded(
    client: Client, reviewer: User, answer: Answer
) -> None:
    page = text_of(client, LIST)
    assert "1 answer submitted." in page
    assert re.search(
        r"Why is attention scaled\? \(1\) 60 ± \d+ Ada Byron · Attention · Scaling ·", page
    )
    assert "local judge" in page


def test_no_score_is_a_state_and_never_a_number(
    client: Client, reviewer: User, candidate: User, team: Team, now: datetime
) -> None:
    for state in ("ungraded", "running", "pending"):
        aged_answer(candidate, now=now, team=team, state=state)
    page = text_of(client, LIST)
    assert [page.count(said) for said in ("no grade", "grading", "queued")] == [1, 1, 1]
    assert "±" not in page


def test_filters_narrow_by_set_topic_state_and_candidate(
    client: Client, reviewer: User, answer: Answer, team: Team, now: datetime
) -> None:
    other = aged_answer(make_user("ben"), now=now, team=team)
    set_id = answer.session.version.question_set_id
    assert listed(client, f"?set={set_id}") == [answer]
    assert listed(client, "?topic=scaling") == [answer]
    assert listed(client, "?state=pending") == [other]
    assert listed(client, "?candidate=ada") == [answer]
    assert listed(client, "?candidate=ben&state=graded") == []
    assert set(listed(client, "?set=&topic=&state=&candidate=")) == {answer, other}


def test_answers_a_person_ruled_on_can_be_asked_for(
    client: Client, reviewer: User, answer: Answer, team: Team, now: datetime
) -> None:
    scored_answer(make_user(), now=now, team=team, marks=MARKS)
    overrule(grade=first_grade(answer), marks=MARKS, reason="Looked.", reviewer=reviewer)
    assert listed(client, "?state=overruled") == [answer]
    assert "ruled by Rita Stone" in text_of(client, f"{LIST}?state=overruled")


def test_a_choice_that_does_not_exist_is_named_and_not_applied(
    client: Client, reviewer: User, answer: Answer
) -> None:
    assert listed(client, "?topic=nothing&state=lost&set=x&candidate=nobody") == [answer]
    assert "Select a valid choice." in text_of(client, f"{LIST}?topic=nothing")


def test_nothing_matching_offers_everything(client: Client, reviewer: User, answer: Answer) -> None:
    page = text_of(client, f"{LIST}?state=pending")
    assert "No answers match your choice." in page
    assert "Show all answers" in page


def test_fifty_a_page_newest_first_with_filters_kept(
    client: Client, reviewer: User, answer: Answer, team: Team, now: datetime
) -> None:
    version = answer.session.version
    for days in range(1, 51):
        scored_answer(answer.session.candidate, now=now, days=days, team=team, version=version)
    first = client.get(f"{LIST}?state=graded")
    assert [row.answer for row in first.context["rows"]][:1] == [answer]
    assert len(first.context["rows"]) == 50
    assert b'href="?state=graded&amp;page=2"' in first.content
    assert len(listed(client, "?state=graded&page=2")) == 1


def test_twenty_rows_take_as_many_queries_as_one(
    client: Client, reviewer: User, answer: Answer, team: Team, now: datetime
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            listed(client)
        return len(captured)

    at_one = count()
    for days in range(19):
        scored_answer(make_user(), now=now, days=days, team=team, version=answer.session.version)
    assert count() == at_one == 11
