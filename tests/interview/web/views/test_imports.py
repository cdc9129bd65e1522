import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from config.embedded.valkey import Valkey
from interview.models import Question, QuestionSet, Team, Topic, User
from interview.operations.teams import set_role
from interview.web.uploads import NOT_KEPT
from tests.factories import make_team, make_user

pytestmark = pytest.mark.django_db

OURS = """---
set: basics
title: Basics
topics:
  transformers: Transformers
---
About basics.

## Why is attention scaled?
- key: scaling
- topics: transformers

### Reference answer
Because dot products of long vectors have a large variance.

### Criteria
- 2: Dot products of long vectors have a large variance.
- bonus 1: Gradients vanish.

## What is a <b>token</b>?

### Reference answer
A piece of text, as the model's vocabulary has it.
"""


@pytest.fixture
def team() -> Team:
    return make_team("north", interviewer=make_user("editor"))


@pytest.fixture
def browser(client: Client, team: Team) -> Client:
    client.force_login(User.objects.get(username="editor"))
    return client


def paste(browser: Client, text: str, team: str = "north") -> str:
    """The address of the look at what a pasted text becomes."""
    response = browser.post(reverse("set_import", args=(team,)), {"text": text})
    assert response.status_code == 302
    return str(response.headers["Location"])


def test_a_file_is_looked_at_before_anything_is_kept(browser: Client) -> None:
    file = SimpleUploadedFile("basics.md", OURS.encode())
    response = browser.post(reverse("set_import", args=("north",)), {"file": file}, follow=True)
    html = response.content.decode()
    report = response.context["report"]
    assert "basics.md has 2 questions on 1 topic" in html
    assert (report.created, report.updated, report.unchanged) == (2, 0, 0)
    assert [(row.title, row.criteria, row.drafted) for row in report.questions] == [
        ("Why is attention scaled?", 2, False),
        ("What is a <b>token</b>?", 1, True),
    ]
    assert "What is a &lt;b&gt;token" in html
    assert "<b>token" not in html
    assert (QuestionSet.objects.count(), Topic.objects.count()) == (0, 0)


def test_confirming_imports_into_a_draft_of_the_team(browser: Client, team: Team) -> None:
    look = paste(browser, OURS)
    response = browser.post(look, follow=True)
    question_set = QuestionSet.objects.get(team=team)
    assert response.redirect_chain == [(reverse("set_edit", args=("north", "basics")), 302)]
    assert "2 created, 0 updated, 0 unchanged" in response.content.decode()
    assert [row.state for row in question_set.versions.all()] == ["draft"]
    assert browser.post(look).headers["Location"] == reverse("set_import", args=("north",))


def test_importing_again_updates_by_key_and_makes_no_duplicates(browser: Client) -> None:
    browser.post(paste(browser, OURS))
    look = paste(browser, OURS.replace("- 2: Dot", "- 3: Dot"))
    response = browser.get(look)
    report = response.context["report"]
    assert [row.change for row in report.questions] == ["updated", "unchanged"]
    assert "They go into your set" in response.content.decode()
    browser.post(look)
    assert Question.objects.count() == 2


def test_lines_without_a_place_are_shown_with_their_numbers(browser: Client) -> None:
    text = (
        "# Tips\n\nA stray remark <i>here</i>.\n\n## What is RAG?\n\nRetrieval, then generation.\n"
    )
    response = browser.get(paste(browser, text))
    unplaced = response.context["report"].unplaced
    assert unplaced
    html = response.content.decode()
    for left in unplaced:
        assert f'<th scope="row" class="n">{left.line}</th>' in html
    assert "<i>here" not in html


def test_a_malformed_text_says_where_keeps_what_was_pasted_and_changes_nothing(
    browser: Client,
) -> None:
    broken = OURS.replace("- 2: Dot", "- heavy: Dot")
    response = browser.post(reverse("set_import", args=("north",)), {"text": broken})
    html = response.content.decode()
    line = broken.splitlines().index("- heavy: Dot products of long vectors have a large variance.")
    assert response.status_code == 422
    assert f"pasted text, line {line + 1}:" in html
    assert "<code>- heavy: Dot products" in html
    assert "About basics." in html
    assert not QuestionSet.objects.exists()


def test_a_binary_file_is_refused(browser: Client) -> None:
    file = SimpleUploadedFile("photo.md", b"\x89PNG\r\n\x00\xff")
    response = browser.post(reverse("set_import", args=("north",)), {"file": file})
    assert response.status_code == 422
    assert "This is not UTF-8 text." in response.content.decode()


def test_an_upload_is_good_for_its_person_and_team_alone(
    browser: Client, client: Client, team: Team
) -> None:
    editor = User.objects.get(username="editor")
    make_team("south", interviewer=editor)
    look = paste(browser, OURS)
    elsewhere = browser.post(look.replace("north", "south"))
    assert elsewhere.headers["Location"] == reverse("set_import", args=("south",))
    colleague = make_user()
    set_role(team=team, user=colleague, role="interviewer")  # type: ignore[arg-type]  # the role by its value
    client.force_login(colleague)
    assert client.post(look).headers["Location"] == reverse("set_import", args=("north",))
    assert not QuestionSet.objects.exists()


def test_a_lost_upload_asks_for_the_document_again(browser: Client) -> None:
    look = paste(browser, OURS)
    cache.clear()
    response = browser.post(look, follow=True)
    assert "no longer kept" in response.content.decode()
    assert not QuestionSet.objects.exists()


def test_an_upload_that_cannot_be_kept_is_said_to_be_so_and_stays_in_the_form(
    browser: Client, no_valkey: Valkey
) -> None:
    response = browser.post(reverse("set_import", args=("north",)), {"text": OURS})
    html = response.content.decode()
    assert response.status_code == 503
    assert NOT_KEPT in html
    assert "Because dot products of long vectors have a large variance." in html
    look = f"{reverse('set_import_confirm', args=('north',))}?upload=lost"
    assert browser.get(look).headers["Location"] == reverse("set_import", args=("north",))
    assert not QuestionSet.objects.exists()
