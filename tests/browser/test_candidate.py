"""A candidate in a real browser, with a real worker behind the page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from interview.models import InterviewSession, User
from tests.browser.people import sign_in
from tests.factories import make_answer, make_half_answer
from tests.fakes.claude_api import ClaudeApi
from tests.fakes.gates import FIRST_BYTE
from tests.processes import claude_at, worker

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GOOD = (
    "Each token gets a query, a key and a value through learned matrices. The dot product of a "
    "query with a key says how relevant they are, and a softmax turns those scores into weights "
    "that sum to one. The output is the weighted sum of the value vectors.\n\n"
    "Scores are divided by the square root of the key dimension, because otherwise large scores "
    "saturate the softmax and its gradients vanish. <script>alert(1)</script>"
)


@pytest.fixture
def demo(live_server: LiveServer, tmp_path: Path) -> Iterator[str]:
    """The site as `make run` fills it, a worker at work; its address."""
    call_command("load_builtin_sets", verbosity=0)
    call_command("load_demo", verbosity=0)
    with worker(tmp_path / "worker.log"):
        yield live_server.url


def test_the_demo_candidate_answers_and_sees_the_verdict_with_evidence(
    page: Page, demo: str
) -> None:
    problems: list[str] = []
    page.on(
        "console",
        lambda message: problems.append(message.text) if message.type == "error" else None,
    )
    page.on("pageerror", lambda error: problems.append(str(error)))
    sign_in(page, demo, "demo-candidate")
    page.get_by_role("link", name="Library", exact=True).click()
    page.get_by_role("link", name="LLM engineer").first.click()
    page.get_by_label("Transformers").check()
    page.get_by_role("button", name="Start").click()

    page.get_by_role("button", name="Skip for now").click()
    expect(page.get_by_text("Question 2 of")).to_be_visible()
    page.get_by_label("Your answer").fill(GOOD)
    page.get_by_role("button", name="Submit answer").click()

    score = page.locator(".score")
    expect(score).to_be_visible()  # without a reload: htmx brought it
    evidence = page.locator("mark[data-v='met']")
    assert evidence.count() >= 3
    quoted = evidence.first.inner_text()
    assert quoted.split("\n")[0].rstrip(" 0123456789") in GOOD
    expect(page.get_by_text("<script>alert(1)</script>")).to_be_visible()
    expect(page.get_by_text("local judge").first).to_be_visible()
    assert problems == []


def test_a_draft_is_there_again_after_the_browser_went_away(page: Page, demo: str) -> None:
    sign_in(page, demo, "demo-candidate")
    page.get_by_role("link", name="Library", exact=True).click()
    page.get_by_role("link", name="LLM engineer").first.click()
    page.get_by_role("button", name="Start").click()
    page.get_by_label("Your answer").fill("A first thought, not finished")
    expect(page.locator("#saved")).to_contain_text("Saved")
    room = page.url
    page.goto("about:blank")
    page.goto(demo)
    page.get_by_role("link", name="Continue").first.click()
    assert page.url == room
    expect(page.get_by_label("Your answer")).to_have_value("A first thought, not finished")


def test_who_writes_in_a_sitting_that_was_deleted_is_told_so(page: Page, demo: str) -> None:
    sign_in(page, demo, "demo-candidate")
    page.get_by_role("link", name="Library", exact=True).click()
    page.get_by_role("link", name="LLM engineer").first.click()
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_label("Your answer")).to_be_visible()
    InterviewSession.objects.all().delete()
    page.get_by_label("Your answer").fill("A first thought, not finished")
    expect(page.locator("#saved")).to_contain_text("this sitting is no longer there")


@pytest.mark.parametrize(
    ("answer", "heading"),
    [("", "nothing to grade"), ("I don't know, sorry.", "Saying so is honest")],
)
def test_an_empty_hand_gets_a_kind_verdict_without_praise(
    page: Page, demo: str, answer: str, heading: str
) -> None:
    sign_in(page, demo, "demo-candidate")
    page.get_by_role("link", name="Library", exact=True).click()
    page.get_by_role("link", name="LLM engineer").first.click()
    page.get_by_role("button", name="Start").click()
    page.get_by_label("Your answer").fill(answer)
    page.get_by_role("button", name="Submit answer").click()
    expect(page.locator(".score")).to_contain_text("0")
    assert page.locator("mark").count() == 0


HALF = (
    "Each token gets a query, a key and a value through learned matrices. The dot product of a "
    "query with a key says how relevant they are, and a softmax turns those scores into weights."
)


def answer_half(page: Page) -> None:
    """Sit one question of a small set and wait for a verdict that misses a point."""
    page.get_by_role("link", name="Library", exact=True).click()
    page.get_by_role("link", name="LLM engineer").first.click()
    page.get_by_label("Transformers").check()
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="Skip for now").click()
    page.get_by_label("Your answer").fill(HALF)
    page.get_by_role("button", name="Submit answer").click()
    expect(page.locator(".score")).to_be_visible(timeout=30_000)


def test_a_follow_up_is_asked_answered_and_graded_apart(page: Page, demo: str) -> None:
    sign_in(page, demo, "demo-candidate")
    answer_half(page)
    verdict, score = page.url, page.locator(".score").inner_text()
    page.get_by_role("button", name="Ask me the follow-up").click()
    expect(page.get_by_text("Follow-up to question 2")).to_be_visible()
    question = page.locator("h1").inner_text()
    page.get_by_label("Your answer").fill("Scores are divided by a root, as large ones")
    expect(page.locator("#saved")).to_contain_text("Saved")
    page.get_by_role("button", name="Back to the verdict").click()
    expect(page.get_by_role("link", name="Go on answering")).to_be_visible()
    page.get_by_role("link", name="Go on answering").click()
    expect(page.get_by_label("Your answer")).to_have_value(
        "Scores are divided by a root, as large ones"
    )
    page.get_by_label("Your answer").fill(GOOD)
    page.get_by_role("button", name="Submit answer").click()
    expect(page.locator(".score")).to_be_visible(timeout=30_000)
    expect(page.locator("h1")).to_have_text(question)
    page.get_by_role("link", name="Back to the first verdict").click()
    assert page.url == f"{verdict}#follow-up"
    scores = page.locator(".score")
    assert (scores.count(), scores.first.inner_text()) == (2, score)
    expect(page.get_by_text("Your first score stands.")).to_be_visible()


def test_a_part_that_asks_for_itself_again_keeps_the_keyboards_place(
    page: Page, live_server: LiveServer
) -> None:
    call_command("load_demo", verbosity=0)
    make_answer(User.objects.get(username="demo-candidate"), text="Nobody grades this.")
    sign_in(page, live_server.url, "demo-candidate")
    verdict = page.locator("#recent li a")
    verdict.evaluate("link => { link.dataset.first = true; link.focus(); }")
    expect(page.locator("#recent [data-first]")).to_have_count(0)
    expect(verdict).to_be_focused()


@pytest.fixture
def half(live_server: LiveServer, settings: Settings) -> str:
    """The address of a verdict that missed a point, where Claude asks from now on."""
    call_command("load_demo", verbosity=0)
    answer = make_half_answer(User.objects.get(username="demo-candidate"))
    settings.GRADING_JUDGE = "claude"
    return f"{live_server.url}/answers/{answer.public_id}/"


@pytest.mark.parametrize("script", [True, False])
def test_a_follow_up_by_claude_appears_when_it_is_written(
    page: Page, half: str, tmp_path: Path, claude_api: ClaudeApi, script: bool
) -> None:
    at_fake = claude_at(claude_api, broker=django_settings.CELERY_BROKER_URL, lease_seconds=120)
    with worker(tmp_path / "worker.log", **at_fake), claude_api.hold(FIRST_BYTE) as held:
        sign_in(page, half, "demo-candidate")
        page.get_by_role("button", name="Ask me the follow-up").click()
        expect(page.get_by_text("The question is being written.")).to_be_visible()
        held.open()
        asked = page.locator("#follow-up .ask")
        expect(asked).to_contain_text("What does your answer leave open", timeout=30_000)
        if script:
            expect(page.locator("#announce")).to_contain_text(asked.inner_text())
        page.get_by_role("link", name="Answer it").click()
        page.get_by_label("Your answer").fill("Without it the softmax saturates.")
        page.get_by_role("button", name="Submit answer").click()
        expect(page.locator(".score")).to_be_visible(timeout=30_000)
