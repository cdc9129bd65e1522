import re
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from grading.models import CriterionVerdict, Rubric
from grading.operations.reviews import overrule
from interview.models import Answer, Team, User
from tests.factories import (
    REFERENCE,
    first_grade,
)
from tests.interview.aged import aged_answer, scored_answer
from tests.interview.web.views.reviews.pages import (
    LIST,
    MARKS,
    desk,
    text_of,
    words,
)

pytestmark = pytest.mark.django_db


def test_the_answer_stands_beside_its_points_with_the_evidence_marked(
    client: Client, reviewer: User, answer: Answer
) -> None:
    CriterionVerdict.objects.filter(criterion__key="c1").update(evidence=[[0, 16]])
    html = client.get(desk(answer)).content.decode()
    assert re.search(r"<mark[^>]*>Attention scores<a", html)
    assert REFERENCE in html
    assert "60" in html


def test_what_was_typed_is_shown_as_text(client: Client, reviewer: User, answer: Answer) -> None:
    assert answer.submission is not None
    type(answer.submission).objects.filter(pk=answer.submission_id).update(
        text="<script>alert(1)</script>"
    )
    html = client.get(desk(answer)).content.decode()
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert(1)" not in html


def test_the_current_marks_are_chosen_beforehand(
    client: Client, reviewer: User, answer: Answer
) -> None:
    html = client.get(desk(answer)).content.decode()
    checked = [tag for tag in re.findall(r"<input[^>]*>", html) if "checked" in tag]
    chosen = [re.findall(r'(?:name|value)="([^"]*)"', tag) for tag in checked]
    assert chosen == [["mark-c1", "met"], ["mark-c2", "not_met"], ["mark-c3", "not_met"]]


def test_a_misconception_is_present_or_absent(
    client: Client, reviewer: User, answer: Answer
) -> None:
    page = text_of(client, desk(answer))
    assert page.count("met partial missed contradicted") == 2
    assert page.count("present absent") == 1


def test_reviewers_see_the_notes_for_graders(
    client: Client, reviewer: User, answer: Answer
) -> None:
    Rubric.objects.update(grader_notes="Accept any wording of saturation.")
    assert "Accept any wording of saturation." in text_of(client, desk(answer))


def test_an_answer_on_its_way_cannot_be_ruled_on_yet(
    client: Client, reviewer: User, candidate: User, team: Team, now: datetime
) -> None:
    waiting = aged_answer(candidate, now=now, team=team)
    response = client.get(desk(waiting))
    assert "still on its way to a verdict" in words(response)
    assert b'type="radio"' not in response.content


def test_neighbours_follow_the_filtered_list(
    client: Client, reviewer: User, answer: Answer, team: Team, now: datetime
) -> None:
    aged_answer(answer.session.candidate, now=now, days=1, team=team)
    older = scored_answer(answer.session.candidate, now=now, days=2, team=team, marks=MARKS)
    context = client.get(f"{desk(answer)}?state=graded").context
    assert (context["newer"], context["older"]) == (None, older)
    html = client.get(f"{desk(older)}?state=graded").content.decode()
    assert f'href="{desk(answer)}?state=graded"' in html
    assert f'href="{LIST}?state=graded"' in html


def test_times_of_the_answer_and_of_its_earlier_grades_name_their_zone(
    client: Client, reviewer: User, answer: Answer
) -> None:
    grade = first_grade(answer)
    overrule(grade=grade, marks=MARKS, reason="First look.", reviewer=reviewer)
    html = client.get(desk(answer)).content.decode()
    assert answer.submitted_at is not None
    assert grade.finished_at is not None
    for moment in (answer.submitted_at, grade.finished_at):
        assert f"{moment:%Y, %H:%M} UTC</time>" in html


def test_every_superseded_grade_stays_in_sight_at_the_same_cost(
    client: Client, reviewer: User, answer: Answer
) -> None:
    grade = first_grade(answer)
    costs = set()
    for reason in ("First look.", "Second look.", "Third look."):
        grade = overrule(grade=grade, marks=MARKS, reason=reason, reviewer=reviewer)
        with CaptureQueriesContext(connection) as captured:
            page = text_of(client, desk(answer))
        costs.add(len(captured))
    assert "Ruled by Rita Stone" in page
    earlier = page.partition("Earlier grades")[2]
    assert re.search("Second look.*First look.*Graded by the local judge", earlier)
    assert len(costs) == 1
