import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from grading.models import Grade, Submission
from grading.operations import following
from grading.operations.grades import run_grade
from tests.factories import REFERENCE, make_draft_set, make_team, make_user
from tests.fakes.claude_api import ClaudeApi

pytestmark = pytest.mark.django_db


@pytest.fixture
def table(tmp_path: Path) -> str:
    team = make_team("north", admin=make_user())
    make_draft_set(team=team, slug="attention")
    path = tmp_path / "old.csv"
    path.write_text(
        f'question,answer,score\nwhy-is-attention-scaled-1,"{REFERENCE}",1\nother,x,1\n'
    )
    return str(path)


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def run(*arguments: str, terminal: StringIO | None = None) -> str:
    out, err = StringIO(), terminal or StringIO()
    call_command("import_answers", "attention", *arguments, stdout=out, stderr=err)
    return out.getvalue()


def test_a_dry_run_changes_nothing(table: str) -> None:
    told = run(table, "--team", "north", "--dry-run")
    assert "1 answers to 1 questions, 1 with people's scores" in told
    assert "line 3: The set has no question with the key “other”." in told
    assert "A dry run: nothing was changed." in told
    assert Submission.objects.count() == 0


def test_answers_are_imported_and_graded_by_the_queue(table: str) -> None:
    assert "The rest goes on by itself." in run(table, "--team", "north")
    assert Grade.objects.get().state == "pending"


def test_waiting_it_follows_the_batches(
    table: str, settings: Settings, claude_api: ClaudeApi
) -> None:
    settings.GRADING_JUDGE = "claude"
    settings.ANTHROPIC_API_KEY = "sk-ant-test"
    settings.ANTHROPIC_BASE_URL = claude_api.url
    claude_api.set(batch_seconds=0)
    report = json.loads(run(table, "--team", "north", "--wait", "--json"))
    assert report == {
        "placed": 1,
        "scored": 1,
        "known": 0,
        "unplaced": [{"line": 3, "why": "The set has no question with the key “other”."}],
        "dry_run": False,
        "total": 1,
        "graded": 1,
        "ungraded": 0,
    }
    assert Grade.objects.get().judge == "claude"


def test_waiting_it_stays_with_the_queue_till_all_are_graded(
    table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def let_the_worker_work(seconds: float) -> None:
        run_grade(grade_id=Grade.objects.get().pk)

    monkeypatch.setattr(following.time, "sleep", let_the_worker_work)
    terminal = Terminal()
    told = run(table, "--team", "north", "--wait", terminal=terminal)
    assert "1 of 1 imported answers are graded, 0 could not be.\n" in told
    assert Grade.objects.get().state == "graded"
    assert terminal.getvalue().endswith("\n")
    drawn = [line.strip() for line in terminal.getvalue().strip().split("\r")]
    assert drawn == [f"[{'.' * 30}] 0 of 1  In the queue", f"[{'#' * 30}] 1 of 1  In the queue"]


def test_a_dry_run_waits_for_nothing(table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(seconds: float) -> None:
        raise AssertionError

    run(table, "--team", "north")
    monkeypatch.setattr(following.time, "sleep", wait)
    run(table, "--team", "north", "--dry-run", "--wait")
    assert Grade.objects.get().state == "pending"


def test_interrupted_it_says_how_far_it_is(table: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(following.time, "sleep", interrupt)
    told = run(table, "--team", "north", "--wait")
    assert "0 of 1 imported answers are graded, 0 could not be.\n" in told
    assert "The rest goes on by itself." in told


def test_it_says_why_it_cannot(table: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="south has no set 'attention'"):
        run(table, "--team", "south")
    with pytest.raises(CommandError, match=r"absent.csv, line 1: There is no such file"):
        run(str(tmp_path / "absent.csv"), "--team", "north")
