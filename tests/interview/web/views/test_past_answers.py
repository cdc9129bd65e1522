import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from config.embedded.valkey import Valkey
from grading.models import BatchRun, Grade, Submission
from grading.operations.batches import advance
from grading.operations.grades import run_grade
from interview.formats.past_answers import read_past_answers
from interview.models import Answer, QuestionSet, Role, Team, User
from interview.operations.past_answers import import_answers
from interview.operations.teams import set_role
from interview.queries.cohort import cohort
from interview.web.uploads import NOT_KEPT
from tests.factories import REFERENCE, make_draft_set, make_team, make_user
from tests.fakes.claude_api import ClaudeApi
from tests.interview.api.callers import get

pytestmark = pytest.mark.django_db
KEY = "why-is-attention-scaled-1"
WRONG = "Because the paper says so, and its authors tried it out at great length."
TABLE = (
    "question,answer,candidate,score\n"
    f'{KEY},"{REFERENCE}",A-17,1\n'
    f'{KEY},"{WRONG}",<b>B</b>,10%\n'
    "unknown,x,,\n"
)
SET = "/teams/north/sets/attention/"
PAGE, IMPORT = f"{SET}past-answers/", f"{SET}import-answers/"


@pytest.fixture
def team() -> Team:
    return make_team("north", interviewer=make_user("editor"))


@pytest.fixture
def question_set(team: Team) -> QuestionSet:
    return make_draft_set(team=team, slug="attention")


@pytest.fixture
def browser(client: Client, question_set: QuestionSet) -> Client:
    client.force_login(User.objects.get(username="editor"))
    return client


def words(html: str) -> str:
    body = html.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return words(response.content.decode())


def imported(question_set: QuestionSet, table: str = TABLE) -> None:
    import_answers(question_set=question_set, document=read_past_answers(table, name="a.csv"))


def grade_all() -> None:
    for grade in Grade.objects.filter(state="pending"):
        run_grade(grade_id=grade.pk)


def test_an_upload_is_shown_by_row_before_anything_is_kept(browser: Client) -> None:
    confirm = browser.post(IMPORT, {"text": TABLE})["Location"]
    page = text_of(browser, confirm)
    assert "pasted text brings 2 answers to 1 question" in page
    assert "of 2 candidates" in page
    assert "4 The set has no question with the key “unknown”." in page
    assert "draft of version 1" in page
    assert Submission.objects.count() == 0
    assert browser.post(confirm).status_code == 302
    assert Submission.objects.count() == 2
    assert "0 of 2 answers judged" in text_of(browser, PAGE)
    again = browser.get(confirm, follow=True).content.decode()
    assert "This upload is no longer kept." in again


@pytest.mark.parametrize(
    ("posted", "told"),
    [
        ({}, "Choose a file or paste a text first."),
        ({"text": "title,text\nx,y\n"}, "The first line has no column"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_way_on(
    browser: Client, posted: dict[str, str], told: str
) -> None:
    response = browser.post(IMPORT, posted)
    assert response.status_code == 422
    assert told in response.content.decode()


def test_an_upload_that_cannot_be_kept_is_said_to_be_so(browser: Client, no_valkey: Valkey) -> None:
    response = browser.post(IMPORT, {"text": TABLE})
    assert response.status_code == 503
    assert NOT_KEPT in words(response.content.decode())
    assert not Submission.objects.exists()


def test_an_upload_is_good_for_who_made_it_alone(browser: Client, team: Team) -> None:
    confirm = browser.post(IMPORT, {"text": TABLE})["Location"]
    colleague = make_user("colleague")
    set_role(team=team, user=colleague, role=Role.ADMIN)
    browser.force_login(colleague)
    assert browser.get(confirm)["Location"] == IMPORT


def test_the_page_follows_the_grading_and_compares_with_people(
    browser: Client, question_set: QuestionSet
) -> None:
    assert "See what the grader makes of answers you know." in text_of(browser, PAGE)
    imported(question_set)
    html = browser.get(PAGE).content.decode()
    assert 'hx-trigger="every 3s"' in html
    assert "None of them is graded yet" in html
    assert "In batches" not in html
    grade_all()
    html = browser.get(PAGE).content.decode()
    page = words(html)
    assert "hx-trigger" not in html
    assert "Graded 2 of 2 imported answers" in page
    assert re.search(r"The grader and people 2 1\.00 \d\.\d\d \d+ ", page)
    assert "Why is attention scaled? (1) 2 55" in page
    assert "<b>B</b>" not in html


def test_batches_are_followed_and_can_be_stopped(
    browser: Client, question_set: QuestionSet, settings: Settings, claude_api: ClaudeApi
) -> None:
    settings.GRADING_JUDGE = "claude"
    settings.ANTHROPIC_API_KEY = "sk-ant-test"
    settings.ANTHROPIC_BASE_URL = claude_api.url
    imported(question_set)
    assert "In batches, at half price" in text_of(browser, PAGE)
    assert browser.post(PAGE).status_code == 302
    assert "It is being stopped" in text_of(browser, PAGE)
    advance(run_id=BatchRun.objects.get().pk, now=timezone.now())
    assert "Without a score 2 each says why" in text_of(browser, PAGE)
    assert "Grading was stopped before it was its turn." in text_of(
        browser, f"/teams/north/answers/{Answer.objects.all()[0].public_id}/"
    )


def test_a_second_import_is_told_to_wait(
    browser: Client, question_set: QuestionSet, settings: Settings, claude_api: ClaudeApi
) -> None:
    settings.GRADING_JUDGE = "claude"
    settings.ANTHROPIC_API_KEY = "sk-ant-test"
    settings.ANTHROPIC_BASE_URL = claude_api.url
    imported(question_set)
    more = f"question,answer\n{KEY},more\n"
    confirm = browser.post(IMPORT, {"text": more})["Location"]
    page = browser.post(confirm, follow=True).content.decode()
    assert "What was imported before is still being graded." in page
    assert Submission.objects.count() == 2


def test_reviewers_see_them_marked_and_nobody_s_progress_counts_them(
    client: Client, question_set: QuestionSet, team: Team
) -> None:
    imported(question_set)
    grade_all()
    reviewer = make_user("reviewer")
    set_role(team=team, user=reviewer, role=Role.REVIEWER)
    client.force_login(reviewer)
    html = client.get("/teams/north/answers/").content.decode()
    page = words(html)
    assert "A-17 , imported · Attention" in page
    assert "&lt;b&gt;B&lt;/b&gt;" in html
    answer = Answer.objects.get(session__label="A-17")
    assert "A-17, imported · Attention" in text_of(
        client, f"/teams/north/answers/{answer.public_id}/"
    )
    assert "people gave it 100." in text_of(client, f"/teams/north/answers/{answer.public_id}/")
    assert cohort(team, now=timezone.now()).answers == 0
    assert User.objects.count() == 2
    told = get(reviewer, f"/answers/{answer.public_id}/")
    assert (told["candidate"], told["imported_from"]) == (None, "A-17")


@pytest.mark.parametrize("role", [Role.CANDIDATE, Role.REVIEWER])
def test_only_who_edits_sets_imports(
    client: Client, question_set: QuestionSet, team: Team, role: Role
) -> None:
    person = make_user("cy")
    set_role(team=team, user=person, role=role)
    client.force_login(person)
    for url in (PAGE, IMPORT, f"{IMPORT}confirm/"):
        assert {client.get(url).status_code, client.post(url).status_code} == {403}


def test_twenty_answers_take_as_many_queries_as_one(
    browser: Client, question_set: QuestionSet
) -> None:
    def count(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(url).status_code == 200
        return len(captured)

    imported(question_set, f"question,answer,candidate,score\n{KEY},{WRONG[:7]},x,1\n")
    grade_all()
    page, answers = count(PAGE), count("/teams/north/answers/")
    rows = "".join(f"{KEY},{REFERENCE.split(',')[0]} {n},c{n},0.{n:02}\n" for n in range(19))
    imported(question_set, f"question,answer,candidate,score\n{rows}")
    grade_all()
    assert (count(PAGE), count("/teams/north/answers/")) == (page, answers) == (14, 11)


def test_the_set_leads_to_it(browser: Client) -> None:
    assert PAGE in browser.get(SET).content.decode()
