from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from grading.models import Grade, QueuePause
from grading.operations.queue import pause_for_failure, pause_queue, resume_queue
from interview.models import Team, User
from tests.factories import first_grade, make_answer, make_team, make_user

pytestmark = pytest.mark.django_db
WHY = "The API key was refused. Check ANTHROPIC_API_KEY."
PAUSE = {"why": "The bill.", "length": "8"}


@pytest.fixture(autouse=True)
def by_claude(settings: Settings) -> None:
    settings.GRADING_JUDGE = "claude"
    settings.ANTHROPIC_API_KEY = "sk-ant-secret"


@pytest.fixture
def admin() -> User:
    return make_user("north-admin")


@pytest.fixture
def team(admin: User) -> Team:
    return make_team("north", admin=admin, candidate=make_user("north-candidate"))


@pytest.fixture
def operator(team: Team) -> User:
    """Staff, and an admin of the team too."""
    admin = User.objects.get(username="north-admin")
    admin.is_staff = True
    admin.save()
    return admin


def url_of(team: Team) -> str:
    return reverse("team_queue", args=[team.slug])


def stop(code: str = "key_refused", *, wait: float | None = None) -> None:
    pause_for_failure(code=code, sentence=WHY, wait_seconds=wait, now=timezone.now())


def test_an_admin_sees_the_teams_answers_and_nobody_elses(
    client: Client, team: Team, admin: User
) -> None:
    for _ in range(2):
        make_answer(make_user(), team=team)
    make_answer(make_user(), team=make_team())
    Grade.objects.filter(pk=Grade.objects.order_by("pk")[0].pk).update(state=Grade.State.RUNNING)
    client.force_login(admin)
    response = client.get(url_of(team))
    standing = response.context["standing"]
    assert (standing.waiting, standing.running, response.context["site"]) == (1, 1, None)
    assert "2 answers on the way to a verdict." in response.content.decode()


def test_answers_that_wait_for_a_budget_are_told_with_the_way_to_it(
    client: Client, team: Team, admin: User
) -> None:
    client.force_login(admin)
    link = f'<a href="{reverse("team_spend", args=[team.slug])}">'
    grades = [first_grade(make_answer(make_user(), team=team)) for _ in range(3)]
    elsewhere = first_grade(make_answer(make_user(), team=make_team()))
    Grade.objects.filter(pk=elsewhere.pk).update(waiting_for="budget")
    assert f"for a {link}budget" not in client.get(url_of(team)).content.decode()
    Grade.objects.filter(pk=grades[0].pk).update(waiting_for="budget")
    response = client.get(url_of(team))
    assert f"1 of them waits for a {link}budget</a>" in response.content.decode()
    assert (response.context["standing"].waiting, response.context["standing"].held_back) == (3, 1)
    Grade.objects.filter(pk=grades[1].pk).update(waiting_for="budget")
    assert f"2 of them wait for a {link}budget</a>" in client.get(url_of(team)).content.decode()


def test_operators_see_what_waits_for_a_budget_on_the_whole_site(
    client: Client, team: Team, operator: User
) -> None:
    grade = first_grade(make_answer(make_user()))  # practice on the library
    Grade.objects.filter(pk=grade.pk).update(waiting_for="budget")
    client.force_login(operator)
    assert "1 of them waits for a budget" in client.get(url_of(team)).content.decode()
    operator.user_permissions.add(Permission.objects.get(codename="view_account"))
    accounts = reverse("admin:grading_account_changelist")
    link = f'1 of them waits for a <a href="{accounts}">budget</a>'
    assert link in client.get(url_of(team)).content.decode()
    assert client.get(accounts).status_code == 200


def test_an_empty_queue_says_so(client: Client, team: Team, admin: User) -> None:
    client.force_login(admin)
    assert "Nothing waits to be graded." in client.get(url_of(team)).content.decode()


@pytest.mark.parametrize("role", ["candidate", "interviewer", "reviewer"])
def test_the_queue_is_the_admins(client: Client, role: str) -> None:
    person = make_user()
    team = make_team(**{role: person})
    client.force_login(person)
    assert client.get(url_of(team)).status_code == 403
    assert client.post(url_of(team), PAUSE).status_code == 403
    assert QueuePause.objects.count() == 0


def test_a_pause_is_told_with_what_has_to_be_mended_and_an_admin_may_resume_it(
    client: Client, team: Team, admin: User
) -> None:
    stop()
    client.force_login(admin)
    page = client.get(url_of(team)).content.decode()
    assert "Grading is paused." in page
    assert WHY in page
    assert "Resume grading" in page
    response = client.post(url_of(team), {"resume": "1"}, follow=True)
    assert "Grading goes on. What waited is taken up now." in response.content.decode()
    assert QueuePause.objects.get().resumed_by == admin
    assert WHY in response.content.decode()  # among earlier pauses


def test_a_pause_with_a_known_end_says_when(client: Client, team: Team, admin: User) -> None:
    stop("spend_limit", wait=7200)
    client.force_login(admin)
    until = QueuePause.objects.get().until
    assert until is not None
    page = client.get(url_of(team)).content.decode()
    assert f'It goes on by itself on <time datetime="{until.isoformat()}">' in page


def test_an_admin_cannot_pause_for_everybody_nor_end_an_operators_pause(
    client: Client, team: Team, admin: User
) -> None:
    client.force_login(admin)
    assert client.post(url_of(team), PAUSE).status_code == 403
    person = make_user("operator", first_name="Olga")
    pause_queue(by=person, why="The bill.", until=None, now=timezone.now())
    page = client.get(url_of(team)).content.decode()
    assert "The bill." in page
    assert "Paused by an operator of this site." in page
    assert "Olga" not in page
    assert "Resume grading" not in page
    assert client.post(url_of(team), {"resume": "1"}).status_code == 403
    assert QueuePause.objects.get().resumed_at is None


def test_an_operator_pauses_with_a_reason_for_a_time_and_resumes(
    client: Client, team: Team, operator: User
) -> None:
    make_answer(make_user(), team=make_team())
    client.force_login(operator)
    assert client.get(url_of(team)).context["site"].waiting == 1
    client.post(url_of(team), PAUSE)
    pause = QueuePause.objects.get()
    assert pause.until is not None
    assert (pause.detail, pause.paused_by) == ("The bill.", operator)
    page = client.get(url_of(team)).content.decode()
    assert ("Change the pause" in page, "Pause grading" in page) == (True, False)
    assert timedelta(hours=7.9) < pause.until - timezone.now() < timedelta(hours=8.1)
    client.post(url_of(team), {"resume": "1"})
    assert QueuePause.objects.get().resumed_by == operator
    response = client.post(url_of(team), {"resume": "1"}, follow=True)
    assert "Grading was not paused." in response.content.decode()


def test_a_pause_without_a_reason_is_refused_in_words(
    client: Client, team: Team, operator: User
) -> None:
    client.force_login(operator)
    response = client.post(url_of(team), {"why": " ", "length": "0"})
    assert response.status_code == 422
    assert "Say why. Everybody who waits for it will ask." in response.content.decode()
    assert QueuePause.objects.count() == 0


def test_where_the_local_judge_grades_there_is_nothing_to_pause(
    client: Client, team: Team, operator: User, settings: Settings
) -> None:
    settings.GRADING_JUDGE = "local"
    client.force_login(operator)
    page = client.get(url_of(team)).content.decode()
    assert "The local judge grades here." in page
    assert "Pause grading" not in page


@pytest.mark.parametrize("rows", [1, 20])
def test_the_page_costs_the_same_however_long_the_queue(
    client: Client,
    team: Team,
    admin: User,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    candidate = make_user()
    for _ in range(rows):
        grade = first_grade(make_answer(candidate, team=team))
        Grade.objects.filter(pk=grade.pk).update(waiting_for="budget")
        stop()
        resume_queue(by=None, now=timezone.now())
    client.force_login(admin)
    with django_assert_num_queries(7):
        client.get(url_of(team))
