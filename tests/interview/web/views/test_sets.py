from collections.abc import Callable

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from grading.operations.rubrics import CriterionText
from interview.formats import read_text
from interview.models import QuestionSet, Team, User
from interview.operations.drafts import open_draft
from interview.operations.question_sets import create_set
from interview.operations.questions import add_question
from interview.queries.editor import working_version
from tests.factories import make_draft_set, make_published_set, make_team, make_user, question_text

pytestmark = pytest.mark.django_db

SET_PAGES = ("set_edit", "set_publish", "draft_discard", "set_export", "question_new")
TEAM_PAGES = ("team_sets", "set_new", "set_import", "set_import_confirm")


@pytest.fixture
def editor() -> User:
    return make_user("editor")


@pytest.fixture
def team(editor: User) -> Team:
    return make_team("north", interviewer=editor, candidate=make_user("candidate"))


@pytest.fixture
def browser(client: Client, editor: User) -> Client:
    client.force_login(editor)
    return client


def page(name: str, question_set: QuestionSet) -> str:
    assert question_set.team is not None
    return reverse(name, args=(question_set.team.slug, question_set.slug))


def said(response: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]  # type: ignore[attr-defined]  # the test client adds it


def test_a_team_without_sets_is_told_both_ways_to_begin(browser: Client, team: Team) -> None:
    html = browser.get(reverse("team_sets", args=("north",))).content.decode()
    assert "No question sets of your own yet" in html
    assert html.count(reverse("set_new", args=("north",))) == 1
    assert html.count(reverse("set_import", args=("north",))) == 1


def test_the_list_says_what_is_published_and_what_is_a_draft(browser: Client, team: Team) -> None:
    published = make_published_set(team=team, slug="a", questions=2).question_set
    open_draft(question_set=published)
    make_draft_set(team=team, slug="b", questions=1)
    make_published_set(slug="of-the-library")
    html = browser.get(reverse("team_sets", args=("north",))).content.decode()
    assert "Version 1 published · draft of version 2" in html
    assert "Not published · draft of version 1" in html
    assert "2 questions" in html
    assert "Of The Library" not in html


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_takes_the_same_queries_for_any_number_of_sets(
    browser: Client, team: Team, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for number in range(count):
        make_draft_set(team=team, slug=f"set-{number}")
    with django_assert_num_queries(5):  # session, user, membership, sets, teams of the bar
        browser.get(reverse("team_sets", args=("north",)))


@pytest.mark.parametrize("count", [1, 20])
def test_a_set_takes_the_same_queries_for_any_number_of_questions(
    browser: Client, team: Team, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    question_set = make_draft_set(team=team, questions=0)
    for number in range(count):  # rubrics of their own
        text = question_text(f"Question {number}", grader_notes=str(number))
        add_question(version=open_draft(question_set=question_set), text=text)
    with django_assert_num_queries(9):  # the above, and set, versions, questions, criteria, topics
        browser.get(page("set_edit", question_set))


@pytest.mark.parametrize("name", SET_PAGES)
def test_pages_of_a_set_are_for_its_teams_editors_alone(
    client: Client, team: Team, name: str
) -> None:
    question_set = make_draft_set(team=team)
    client.force_login(User.objects.get(username="candidate"))
    assert client.get(page(name, question_set)).status_code == 403
    stranger = make_user()
    make_team("south", interviewer=stranger)
    client.force_login(stranger)
    assert client.get(page(name, question_set)).status_code == 404
    assert client.post(page(name, question_set)).status_code == 404
    assert client.post(reverse(name, args=("south", question_set.slug))).status_code == 404
    client.logout()
    assert client.get(page(name, question_set)).status_code == 302


@pytest.mark.parametrize("name", TEAM_PAGES)
def test_pages_of_a_team_are_for_its_editors_alone(client: Client, team: Team, name: str) -> None:
    client.force_login(User.objects.get(username="candidate"))
    assert client.get(reverse(name, args=("north",))).status_code == 403
    client.force_login(make_user())
    assert client.get(reverse(name, args=("north",))).status_code == 404


def test_a_library_set_cannot_be_edited(browser: Client, team: Team) -> None:
    make_published_set(slug="shared")
    assert browser.get(reverse("set_edit", args=("north", "shared"))).status_code == 404


def test_a_new_set_gets_its_slug_from_the_title(browser: Client, team: Team) -> None:
    response = browser.post(reverse("set_new", args=("north",)), {"title": "Our First Set"})
    made = QuestionSet.objects.get(team=team)
    assert (made.slug, made.title) == ("our-first-set", "Our First Set")
    assert response.headers["Location"] == page("set_edit", made)
    assert "No questions yet." in browser.get(page("set_edit", made)).content.decode()


def test_a_slug_taken_in_the_team_is_refused_and_nothing_typed_is_lost(
    browser: Client, team: Team
) -> None:
    make_draft_set(team=team, slug="taken")
    make_draft_set(team=None, slug="free")
    new = reverse("set_new", args=("north",))
    response = browser.post(new, {"title": "Mine", "slug": "Taken", "description": "All of it"})
    html = response.content.decode()
    assert response.status_code == 422
    assert "has a set named “taken” already" in html
    assert "All of it" in html
    assert browser.post(new, {"title": "Mine", "slug": "free"}).status_code == 302


@pytest.mark.parametrize("slug", ["new", "import", "questions"])
def test_no_slug_hides_a_set_behind_another_page(browser: Client, team: Team, slug: str) -> None:
    question_set = create_set(team=team, slug=slug, title=f"Set called {slug}")
    text = question_text("New")
    question = add_question(version=open_draft(question_set=question_set), text=text, key="new")
    assert f"Set called {slug}" in browser.get(page("set_edit", question_set)).content.decode()
    edit = reverse("question_edit", args=("north", slug, question.key))
    assert "Question 1 of 1" in browser.get(edit).content.decode()


def test_titles_are_escaped_wherever_they_stand(browser: Client, team: Team) -> None:
    bad = "<script>alert(1)</script>"
    question_set = create_set(team=team, slug="bad", title=bad, description=bad)
    text = question_text(bad, criteria=(), reference_answer="", prompt=bad, grader_notes=bad)
    question = add_question(version=open_draft(question_set=question_set), text=text)
    edit = reverse("question_edit", args=("north", "bad", question.key))
    delete = reverse("question_delete", args=("north", "bad", question.key))
    pages = [
        browser.get(reverse("team_sets", args=("north",))),
        browser.get(page("set_edit", question_set)),
        browser.post(page("set_publish", question_set)),
        browser.get(edit),
        browser.post(edit, {"do": "add", "title": bad, "criterion-text": bad}),
        browser.get(delete),
    ]
    for response in pages:
        html = response.content.decode()
        assert bad not in html
        assert "&lt;script&gt;alert(1)" in html


def test_a_draft_with_problems_is_not_published_and_every_problem_has_a_link(
    browser: Client, team: Team
) -> None:
    question_set = make_draft_set(team=team)
    bare = question_text("Bare", reference_answer="", criteria=())
    add_question(version=open_draft(question_set=question_set), text=bare)
    response = browser.post(page("set_publish", question_set))
    html = response.content.decode()
    edit = reverse("question_edit", args=("north", question_set.slug, "bare"))
    assert response.status_code == 422
    assert f'<a href="{edit}">Question 2, “Bare”,</a> has no reference answer.' in html
    assert f'<a href="{edit}">Question 2, “Bare”,</a> has no required criterion' in html
    assert "2 problems" in html
    assert not question_set.versions.filter(state="published").exists()


def test_publishing_says_what_candidates_see_now(browser: Client, team: Team) -> None:
    question_set = make_draft_set(team=team, slug="ready", questions=2)
    response = browser.post(page("set_publish", question_set))
    assert said(response) == [
        "Version 1 is published. Candidates of North who start “Ready” from now on get its "
        "2 questions; sittings already begun keep theirs."
    ]
    published = question_set.versions.get()
    assert (published.state, str(published.published_by)) == ("published", "editor")
    again = browser.post(page("set_publish", question_set))
    assert "There is no draft" in said(again)[-1]


def test_a_published_set_explains_that_editing_opens_a_draft(browser: Client, team: Team) -> None:
    question_set = make_published_set(team=team).question_set
    html = browser.get(page("set_edit", question_set)).content.decode()
    assert "Edit anything and a draft of version 2 opens by itself" in html
    assert "Discard draft" not in html
    open_draft(question_set=question_set)
    html = browser.get(page("set_edit", question_set)).content.decode()
    assert "You are working on a draft of version 2." in html
    assert "Discard draft" in html
    times = [version.published_at or version.created_at for version in question_set.versions.all()]
    for moment in times:
        assert f"{moment:%Y, %H:%M} UTC</time>" in html


def test_the_description_changes_without_a_new_version(browser: Client, team: Team) -> None:
    question_set = make_published_set(team=team).question_set
    browser.post(page("set_edit", question_set), {"title": "Renamed", "description": "a\r\nb"})
    question_set.refresh_from_db()
    assert (question_set.title, question_set.description) == ("Renamed", "a\nb")
    assert question_set.versions.count() == 1
    refused = browser.post(page("set_edit", question_set), {"title": "", "description": "kept"})
    assert refused.status_code == 422
    assert "kept" in refused.content.decode()


def test_discarding_asks_first_and_keeps_what_is_published(browser: Client, team: Team) -> None:
    question_set = make_published_set(team=team).question_set
    open_draft(question_set=question_set)
    asked = browser.get(page("draft_discard", question_set)).content.decode()
    assert "Discard the draft of version 2?" in asked
    assert question_set.versions.count() == 2
    browser.post(page("draft_discard", question_set))
    assert [row.state for row in question_set.versions.all()] == ["published"]


def test_a_first_draft_cannot_be_discarded(browser: Client, team: Team) -> None:
    question_set = make_draft_set(team=team)
    browser.post(page("draft_discard", question_set))
    assert question_set.versions.count() == 1


@pytest.mark.parametrize(
    "make", [make_draft_set, lambda **kw: make_published_set(**kw).question_set]
)
def test_a_download_reads_back_as_the_same_set(
    browser: Client, team: Team, make: Callable[..., QuestionSet]
) -> None:
    question_set = make(team=team, slug="kept", questions=2)
    response = browser.get(page("set_export", question_set))
    assert response.headers["Content-Disposition"] == 'attachment; filename="kept-v1.md"'
    document = read_text(response.content.decode(), name="kept.md")
    version = working_version(question_set)
    assert version is not None
    assert [row.title for row in document.questions] == [
        row.title for row in version.questions.order_by("position")
    ]
    rows = version.questions.get(position=1).rubric.criteria.all()
    assert [
        CriterionText(row.kind, row.weight, row.text) for row in document.questions[0].criteria
    ] == [CriterionText(row.kind, row.weight, row.text) for row in rows]
