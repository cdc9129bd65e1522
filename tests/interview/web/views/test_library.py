import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from interview.models import InterviewSession
from interview.operations.answers import submit_answer
from tests.factories import make_draft_set, make_published_set, make_team, make_topic, make_user

pytestmark = pytest.mark.django_db


def test_library_lists_published_sets_within_reach_alone(client: Client) -> None:
    user = make_user()
    make_published_set(slug="open-to-all", questions=2)
    make_published_set(slug="ours", team=make_team(candidate=user))
    make_published_set(slug="theirs", team=make_team())
    make_draft_set(slug="unfinished")
    client.force_login(user)
    context = client.get(reverse("library")).context
    assert [found.slug for found in context["shared"]] == ["open-to-all"]
    assert [found.slug for found in context["own"]] == ["ours"]


def test_empty_library_says_what_would_change_it(client: Client) -> None:
    client.force_login(make_user())
    page = client.get(reverse("library")).content.decode()
    assert "There is nothing to practise yet." in page
    assert "As soon as an interviewer publishes a set" in page


def test_set_of_another_team_is_not_there(client: Client) -> None:
    version = make_published_set(team=make_team())
    client.force_login(make_user())
    pk = version.question_set_id
    assert client.get(reverse("set_detail", args=[pk])).status_code == 404
    assert client.post(reverse("session_start", args=[pk])).status_code == 404


def test_set_shows_topics_with_their_counts_and_ticks_the_one_asked_for(client: Client) -> None:
    topic = make_topic("retrieval")
    version = make_published_set(questions=4, topic=topic)
    client.force_login(make_user())
    url = reverse("set_detail", args=[version.question_set_id])
    page = client.get(url, {"topic": topic.pk}).content.decode()
    assert '<span>Retrieval</span> <span class="dim">4<span class="vh"> questions</span>' in page
    assert f'value="{topic.pk}" id="id_topics_0" checked' in page
    assert [value for value, _ in client.get(url).context["form"].fields["length"].choices] == [
        "3",
        "",
    ]


def test_start_opens_a_sitting_and_leads_to_its_first_question(client: Client) -> None:
    user, topic = make_user(), make_topic()
    version = make_published_set(questions=5, topic=topic)
    client.force_login(user)
    response = client.post(
        reverse("session_start", args=[version.question_set_id]),
        {"topics": [topic.pk], "length": "3"},
    )
    session = InterviewSession.objects.get(candidate=user)
    assert response.headers["Location"] == reverse("room", args=[session.public_id, 1])
    assert session.answers.count() == 3
    assert list(session.topics.all()) == [topic]
    assert session.team is None


def test_next_sitting_brings_the_questions_that_were_not_answered(client: Client) -> None:
    user = make_user()
    version = make_published_set(questions=5)
    client.force_login(user)
    url = reverse("session_start", args=[version.question_set_id])
    client.post(url, {"length": "3"})
    first = InterviewSession.objects.get(candidate=user)
    for answer in first.answers.all():
        submit_answer(answer=answer, text="An answer.")
    client.post(url, {"length": "3"})
    second = InterviewSession.objects.exclude(pk=first.pk).get()
    asked = [answer.question.position for answer in second.answers.order_by("position")]
    assert asked == [1, 4, 5]


def test_start_without_choices_asks_all_there_is(client: Client) -> None:
    user = make_user()
    version = make_published_set(questions=4)
    client.force_login(user)
    client.post(reverse("session_start", args=[version.question_set_id]))
    assert InterviewSession.objects.get(candidate=user).answers.count() == 4


def test_member_of_two_teams_says_who_may_read(client: Client) -> None:
    user = make_user()
    make_team("north", candidate=user)
    south = make_team("south", candidate=user)
    version = make_published_set()
    client.force_login(user)
    url = reverse("set_detail", args=[version.question_set_id])
    choices = [label for _, label in client.get(url).context["form"].fields["team"].choices]
    assert choices == ["Only me", "North", "South"]
    client.post(reverse("session_start", args=[version.question_set_id]), {"team": south.pk})
    assert InterviewSession.objects.get(candidate=user).team == south


def test_person_without_a_team_is_not_asked_who_may_read(client: Client) -> None:
    version = make_published_set()
    client.force_login(make_user())
    page = client.get(reverse("set_detail", args=[version.question_set_id]))
    assert "Who may read it" not in page.content.decode()


def test_set_of_a_team_cannot_be_shown_to_another_one(client: Client) -> None:
    user = make_user()
    owner, other = make_team(candidate=user), make_team(candidate=user)
    version = make_published_set(team=owner)
    client.force_login(user)
    response = client.post(
        reverse("session_start", args=[version.question_set_id]), {"team": other.pk}
    )
    assert response.status_code == 422
    assert not InterviewSession.objects.exists()


def test_topic_of_another_set_is_refused_with_the_page(client: Client) -> None:
    version = make_published_set()
    stray = make_topic()
    client.force_login(make_user())
    response = client.post(
        reverse("session_start", args=[version.question_set_id]), {"topics": [stray.pk]}
    )
    assert response.status_code == 422
    assert not InterviewSession.objects.exists()


@pytest.mark.parametrize("rows", [1, 20])
def test_library_asks_the_database_as_often_for_one_set_as_for_twenty(
    client: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = make_user()
    team = make_team(candidate=user)
    for _ in range(rows):
        make_published_set()
        make_published_set(team=team)
    client.force_login(user)
    with django_assert_num_queries(4):
        client.get(reverse("library"))
