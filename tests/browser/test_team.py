"""An interviewer and a reviewer in a real browser: from a document to an overruled verdict."""

from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from interview.models import QuestionSet, Team, User
from tests.browser.people import sign_in
from tests.factories import make_graded_answer
from tests.interview.management.commands.test_import_question_set import DOCUMENT

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def demo(live_server: LiveServer) -> str:
    call_command("load_demo", verbosity=0)
    return live_server.url


def test_an_interviewer_imports_edits_and_publishes_a_set(
    page: Page, demo: str, tmp_path: Path
) -> None:
    document = tmp_path / "queues.md"
    document.write_text(DOCUMENT)
    sign_in(page, demo, "demo-interviewer")
    page.get_by_role("link", name="Sets", exact=True).click()
    page.get_by_role("link", name="Import a file").click()
    page.locator("input[type=file]").set_input_files(document)
    page.get_by_role("button", name="See what it becomes").click()
    expect(page.get_by_text("A stray remark.")).to_be_visible()
    assert QuestionSet.objects.count() == 0
    page.get_by_role("button", name="Import", exact=True).click()

    page.get_by_role("link", name="What is a dead letter?").first.click()
    page.get_by_label("Criterion 1", exact=True).fill("A dead letter is kept aside for people.")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_role("link", name="Back to the set").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Version 1").first).to_be_visible()
    version = QuestionSet.objects.get(slug="queues").versions.get()
    first = version.questions.get(position=1).rubric.criteria.get(key="c1")
    assert (version.state, first.text) == ("published", "A dead letter is kept aside for people.")


def test_a_reviewer_overrules_a_point_and_both_grades_stay(page: Page, demo: str) -> None:
    candidate = User.objects.get(username="demo-candidate")
    make_graded_answer(candidate, team=Team.objects.get(slug="demo"), text="It keeps variance low.")
    sign_in(page, demo, "demo-reviewer")
    page.get_by_role("link", name="Answers", exact=True).click()
    page.get_by_role("link", name="Why is attention scaled?").first.click()
    page.get_by_role("group", name="Point 2").get_by_text("met", exact=True).click()
    page.get_by_label("Reason").fill("Said in other words.")
    page.get_by_role("button", name="Save the ruling").click()
    expect(page.get_by_text("Your ruling stands at")).to_be_visible()
    expect(page.get_by_role("heading", name="Earlier grades")).to_be_visible()
