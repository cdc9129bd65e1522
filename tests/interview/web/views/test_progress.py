import re
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from grading.models import Grade
from interview.models import Role, Team, User
from interview.operations.teams import set_role
from tests.factories import (
    make_published_set,
    make_team,
    make_topic,
    make_user,
)
from tests.interview.aged import aged_answer, scored_answer

pytestmark = pytest.mark.django_db

MISSED = {"c1": "met", "c2": "not_met", "c3": "not_met"}


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def candidate(client: Client) -> User:
    user = make_user("ada", first_name="Ada", last_name="Byron")
    client.force_login(user)
    return user


@pytest.fixture
def team() -> Team:
    return make_team("north", reviewer=make_user("rita"))


@pytest.fixture
def reviewer(client: Client, team: Team) -> User:
    user = User.objects.get(username="rita")
    client.force_login(user)
    return user


def text_of(client: Client, url: str) -> str:
    """What a reader sees of a page: no tags, single spaces."""
    response = client.get(url)
    assert response.status_code == 200
    body = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def count_queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_a_stranger_is_sent_to_the_sign_in_page(client: Client) -> None:
    response = client.get("/progress/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/progress/")


def test_without_an_answer_the_page_says_how_progress_begins(
    client: Client, candidate: User
) -> None:
    page = text_of(client, "/progress/")
    assert "Your progress begins with the first answer." in page
    assert "Choose a question set" in page
    assert "of 100" not in page


def test_a_first_answer_on_its_way_is_not_a_zero(
    client: Client, candidate: User, now: datetime
) -> None:
    aged_answer(candidate, now=now)
    page = text_of(client, "/progress/")
    assert "Your first verdict is on its way." in page
    assert "1 in all, newest first" in page
    assert "of 100" not in page


def test_an_answer_that_could_not_be_graded_is_not_a_zero(
    client: Client, candidate: User, now: datetime
) -> None:
    aged_answer(candidate, now=now, state=Grade.State.UNGRADED)
    page = text_of(client, "/progress/")
    assert "No answer of yours could be graded so far." in page
    assert "of 100" not in page


def test_the_page_opens_with_the_estimate_and_its_interval(
    client: Client, candidate: User, now: datetime
) -> None:
    version = make_published_set(topic=make_topic("attention"))
    for score in (0.9, 0.8, 1.0):
        scored_answer(candidate, score, now=now, version=version)
    aged_answer(candidate, now=now)
    aged_answer(candidate, now=now)
    aged_answer(candidate, now=now, state=Grade.State.UNGRADED)
    page = text_of(client, "/progress/")
    assert "you would likely average between 53 and 95." in page
    assert "Best guess 74 of 100, from 3 graded answers." in page
    assert "Not counted: 2 still being graded, 1 that could not be graded." in page
    assert "Attention 74 ± 21" in page


def test_practice_starts_with_what_may_stand_lowest_and_the_topic_is_chosen_there(
    client: Client, candidate: User, now: datetime
) -> None:
    weak, strong, new = (make_topic(name) for name in ("weak", "strong", "new"))
    scored_answer(candidate, 0.1, now=now, version=make_published_set(topic=weak))
    scored_answer(candidate, 0.9, now=now, version=make_published_set(topic=strong))
    make_published_set(topic=new)
    page = text_of(client, "/progress/")
    (practice,) = re.findall(r"Practise next (.*) Your answers", page)
    assert practice.index("Weak 37") < practice.index("Strong 63") < practice.index("New not yet")
    html = client.get("/progress/").content.decode()
    (url,) = re.findall(r'<a href="(/sets/[^"]*)">New</a>', html)
    start = client.get(url).content.decode()
    assert re.search(rf'value="{new.pk}"[^>]*checked', start)


def test_a_point_missed_again_leads_to_practice(
    client: Client, candidate: User, now: datetime
) -> None:
    version = make_published_set(topic=make_topic())
    for _ in range(2):
        scored_answer(candidate, now=now, version=version, marks=MISSED)
    page = text_of(client, "/progress/")
    assert "Without the division the softmax saturates and gradients vanish. 2 of 2" in page
    assert "never met · Practise" in page


def test_answers_are_listed_newest_first_page_by_page(
    client: Client, candidate: User, now: datetime
) -> None:
    for days in range(21):
        scored_answer(candidate, 0.5, now=now, days=days)
    first, second = (client.get(f"/progress/?page={number}").context["recent"] for number in (1, 2))
    assert (len(first), len(second)) == (20, 1)
    times = [row.answer.submitted_at for row in (*first, *second)]
    assert times == sorted(times, reverse=True)


def test_notes_for_graders_are_not_on_a_candidate_s_page(
    client: Client, candidate: User, now: datetime
) -> None:
    answer = scored_answer(candidate, now=now)
    assert answer.submission is not None
    rubric = answer.submission.rubric
    type(rubric).objects.filter(pk=rubric.pk).update(grader_notes="Be lenient with Ada.")
    assert "lenient" not in client.get("/progress/").content.decode()


def test_progress_takes_as_many_queries_at_twenty_answers_as_at_one(
    client: Client, candidate: User, now: datetime
) -> None:
    version = make_published_set(topic=make_topic())
    for _ in range(2):
        scored_answer(candidate, now=now, version=version, marks=MISSED)
    at_two = count_queries(client, "/progress/")
    for days in range(18):
        scored_answer(candidate, now=now, days=days, version=version, marks=MISSED)
    assert count_queries(client, "/progress/") == at_two == 18


TEAM_PAGE = "/teams/north/progress/"


def test_a_stranger_is_sent_to_the_sign_in_page_of_a_team_too(client: Client, team: Team) -> None:
    response = client.get(TEAM_PAGE)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_a_candidate_of_the_team_is_refused(client: Client, team: Team, candidate: User) -> None:
    set_role(team=team, user=candidate, role=Role.CANDIDATE)
    assert client.get(TEAM_PAGE).status_code == 403


def test_another_team_s_page_does_not_exist(client: Client, team: Team) -> None:
    stranger = make_user()
    make_team("south", admin=stranger)
    client.force_login(stranger)
    assert client.get(TEAM_PAGE).status_code == 404


def test_a_team_without_graded_answers_says_what_would_stand_here(
    client: Client, reviewer: User
) -> None:
    page = text_of(client, TEAM_PAGE)
    assert "No graded answers yet." in page
    assert "See what is submitted" in page


def test_people_by_topic_with_few_answers_marked_and_names_leading_to_answers(
    client: Client, reviewer: User, team: Team, now: datetime
) -> None:
    known, hardly = (make_published_set(topic=make_topic(name)) for name in ("known", "hardly"))
    ada, ben = make_user("ada", first_name="Ada", last_name="Byron"), make_user("ben&co")
    for score in (0.9, 0.8):
        scored_answer(ada, score, now=now, version=known, team=team)
    scored_answer(ada, 0.2, now=now, version=hardly, team=team)
    scored_answer(ben, 0.4, now=now, version=known, team=team)
    aged_answer(ben, now=now, version=known, team=team)
    page = text_of(client, TEAM_PAGE)
    assert "North · 2 candidates · 4 graded answers" in page
    assert "stands lowest" not in page
    assert "Everyone too few 62 55" in page
    assert "Ada Byron too few 67 ± 23 58" in page
    assert "ben&amp;co too few too few too few" in page
    html = client.get(TEAM_PAGE).content.decode()
    scored_answer(ben, 0.1, now=now, version=hardly, team=team)
    assert "Hardly stands lowest." in text_of(client, TEAM_PAGE)
    assert '<a href="/teams/north/answers/?candidate=ben%26co">' in html


def test_a_team_s_page_takes_as_many_queries_at_twenty_candidates_as_at_one(
    client: Client, reviewer: User, team: Team, now: datetime
) -> None:
    version = make_published_set(topic=make_topic())
    scored_answer(make_user(), now=now, version=version, team=team)
    at_one = count_queries(client, TEAM_PAGE)
    for _ in range(19):
        scored_answer(make_user(), now=now, version=version, team=team)
    assert count_queries(client, TEAM_PAGE) == at_one == 8
