import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from grading.models import BatchRun, Grade
from grading.operations.following import Bar
from grading.operations.grades import run_grade
from interview.models import QuestionSet
from tests.factories import REFERENCE, first_grade, make_answer, make_published_set, make_user
from tests.fakes.claude_api import ClaudeApi

pytestmark = pytest.mark.django_db


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def answered(settings: Settings, claude_api: ClaudeApi) -> QuestionSet:
    """A set of the library with two answers by the local judge; Claude grades from now on."""
    version = make_published_set(slug="attention")
    for text in (REFERENCE, "Because the paper says so, and its authors tried it at length."):
        run_grade(grade_id=first_grade(make_answer(make_user(), version=version, text=text)).pk)
    settings.GRADING_JUDGE = "claude"
    settings.ANTHROPIC_API_KEY = "sk-ant-test"
    settings.ANTHROPIC_BASE_URL = claude_api.url
    settings.CLAUDE_EXTRA_CALLS = 0
    return version.question_set


def run(*arguments: str, terminal: StringIO | None = None) -> str:
    out = StringIO()
    call_command("regrade", *arguments, stdout=out, stderr=terminal or StringIO())
    return out.getvalue()


def test_it_begins_a_run_that_goes_on_by_itself(answered: QuestionSet) -> None:
    assert "0 of 2 answers are judged" in run("--set", "attention")
    assert BatchRun.objects.get().label == f"set:{answered.pk}"
    assert Grade.objects.filter(judge="claude").count() == 0


def test_waiting_it_follows_the_run_to_its_end(
    answered: QuestionSet, claude_api: ClaudeApi
) -> None:
    claude_api.set(batch_seconds=0)
    run("--set", "attention")  # left alone before anything was sent
    terminal = Terminal()
    report = json.loads(run("--set", "attention", "--wait", "--json", terminal=terminal))
    assert BatchRun.objects.count() == 1
    assert report.pop("micro_dollars") > 0
    # the local judge expects .99 of the credit where Claude marks the whole of it
    assert (report.pop("changed"), report.pop("raised"), report.pop("lowered")) == (1, 1, 0)
    assert report == {
        "state": "done",
        "detail": "",
        "total": 2,
        "done": 2,
        "regraded": 2,
        "kept": 0,
        "reasons": {},
    }
    assert f"[{'#' * 30}] 2 of 2" in terminal.getvalue()


def test_in_words(answered: QuestionSet, claude_api: ClaudeApi) -> None:
    claude_api.set(batch_seconds=0)
    assert "2 of 2 answers were graded again" in run("--set", "attention", "--wait")


def test_without_a_terminal_there_is_no_bar(answered: QuestionSet, claude_api: ClaudeApi) -> None:
    claude_api.set(batch_seconds=0)
    err = StringIO()
    run("--set", "attention", "--wait", terminal=err)
    assert err.getvalue() == ""


def test_interrupted_it_says_how_far_it_is(
    answered: QuestionSet, claude_api: ClaudeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(run: BatchRun) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Bar, "draw_run", staticmethod(interrupt))
    assert "0 of 2 answers are judged. It goes on by itself." in run("--set", "attention", "--wait")


def test_it_says_why_it_cannot(answered: QuestionSet, settings: Settings) -> None:
    with pytest.raises(CommandError, match="The library has no set 'nothing'"):
        run("--set", "nothing")
    with pytest.raises(CommandError, match="north has no set 'attention'"):
        run("--set", "attention", "--team", "north")
    settings.GRADING_JUDGE = "local"
    with pytest.raises(CommandError, match="nothing to grade again"):
        run("--set", "attention")
