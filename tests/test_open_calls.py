"""A process is killed while a call for no grade is out: the ledger has its line all the same."""

from contextlib import suppress
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode, urlsplit

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from grading.models import Account, ModelCall, OpenCall
from grading.operations.grades import requeue_stuck
from interview.models import Team
from interview.operations.follow_ups import ask_follow_up, requeue_unwritten, write_question
from interview.queries.spend import team_budgets
from tests.books import price
from tests.factories import (
    REFERENCE,
    make_draft_set,
    make_half_answer,
    make_published_set,
    make_team,
    make_user,
)
from tests.fakes.claude_api import ClaudeApi
from tests.processes import claude_at, command, wait_until, web, worker

LEASE = 60  # seconds
TOKEN = "a" * 32
SHEET = {
    "csrfmiddlewaretoken": TOKEN,
    "title": "Why scale attention?",
    "prompt": "Explain why.",
    "minutes": "6",
    "reference_answer": REFERENCE,
    "criterion-text": "Dot products of long vectors have a large variance.",
    "criterion-kind": "required",
    "criterion-weight": "1",
    "answer": "Dot products of long vectors have a large variance, so they are scaled.",
}


def press(button: str, address: str, session: str) -> None:
    """Post the sheet of a new question to a web that is killed before it answers."""
    link = HTTPConnection(urlsplit(address).netloc, timeout=60)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"csrftoken={TOKEN}; sessionid={session}",
        "Host": "localhost",
    }
    body = urlencode(SHEET | {"do": button}).encode()
    with suppress(OSError, HTTPException):
        link.request("POST", "/teams/north/sets/basics/new-question/", body, headers)
        link.getresponse()


def lost_lines(api: ClaudeApi) -> list[ModelCall]:
    """What the ledger has once the killed process's lease is over, and not before."""
    sweep()
    assert ModelCall.objects.count() == 0
    for _ in range(2):
        sweep(LEASE + 1)
    lines = list(ModelCall.objects.all())
    assert [(line.grade, line.error) for line in lines] == [(None, "worker_lost")]
    assert (lines[0].micro_dollars or 0) >= price(api.requests()[0]) > 0
    assert not OpenCall.objects.exists()
    return lines


def sweep(seconds: float = 0) -> None:
    requeue_stuck(now=timezone.now() + timedelta(seconds=seconds))


def is_billed(api: ClaudeApi) -> bool:
    """The server has finished what nobody waits for any more."""
    return api.requests()[0].billed.output > 0


def held(team: Team) -> list[int]:
    return [budget.held for budget in team_budgets(team, now=timezone.now())]


def spend_page(client: Client) -> str:
    return client.get("/teams/north/spend/").content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("button", ["draft", "try"])
def test_a_killed_web_leaves_a_line_of_what_it_drafted_or_tried(
    own_valkey: str, claude_api: ClaudeApi, tmp_path: Path, client: Client, button: str
) -> None:
    editor = make_user()
    team = make_team("north", admin=editor)
    make_draft_set(team=team, slug="basics")
    client.force_login(editor)
    session = client.cookies["sessionid"].value
    environment = claude_at(claude_api, broker=own_valkey, lease_seconds=LEASE)
    with (
        web(tmp_path / "processes.log", **environment) as site,
        claude_api.hold("first_byte") as gate,
    ):
        Thread(target=press, args=(button, site.address, session), daemon=True).start()
        gate.wait()
        of_team, of_set = held(team)
        assert of_team == of_set > 0
        assert "Nobody saw its end" not in spend_page(client)
        site.kill()
        gate.open()
        wait_until(lambda: is_billed(claude_api), "the end of the call")
    (line,) = lost_lines(claude_api)
    assert line.micro_dollars == of_team
    assert held(team) == [0, 0]
    assert {account.spent for account in Account.objects.all()} == {of_team}
    assert "Nobody saw its end" in spend_page(client)


@pytest.mark.django_db(transaction=True)
def test_a_killed_command_leaves_a_line_of_what_it_tried(
    own_valkey: str, claude_api: ClaudeApi, tmp_path: Path
) -> None:
    make_published_set(slug="attention")
    answer = tmp_path / "answer.txt"
    answer.write_text(SHEET["answer"])
    environment = claude_at(claude_api, broker=own_valkey, lease_seconds=LEASE)
    arguments = ("grade", "--set=attention", f"--answer={answer}")
    log = tmp_path / "processes.log"
    with (
        claude_api.hold("first_byte") as gate,
        command(*arguments, log=log, **environment) as process,
    ):
        gate.wait()
        process.kill()
        process.wait()
        gate.open()
        wait_until(lambda: is_billed(claude_api), "the end of the call")
    (line,) = lost_lines(claude_api)
    assert line.account is None


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_leaves_a_line_of_the_question_it_wrote_and_another_writes_it(
    claude_api: ClaudeApi, tmp_path: Path, settings: Settings
) -> None:
    answer = make_half_answer(make_user())
    settings.GRADING_JUDGE = "claude"
    settings.ANTHROPIC_API_KEY = "sk-ant-test"
    settings.ANTHROPIC_BASE_URL = claude_api.url
    environment = claude_at(claude_api, broker=settings.CELERY_BROKER_URL, lease_seconds=LEASE)
    with (
        claude_api.hold("first_byte") as gate,
        worker(tmp_path / "processes.log", **environment) as process,
    ):
        question = ask_follow_up(answer=answer).follow_up_question
        gate.wait()
        process.kill()
        process.wait()
        gate.open()
        wait_until(lambda: is_billed(claude_api), "the end of the call")
    (lost,) = lost_lines(claude_api)
    assert requeue_unwritten(now=timezone.now() + timedelta(seconds=2 * LEASE)) == 1
    assert write_question(question_id=question.pk)
    settled = ModelCall.objects.exclude(pk=lost.pk).get()
    assert (settled.error, settled.micro_dollars) == ("", round(price(claude_api.requests()[1])))
    assert {account.spent for account in Account.objects.all()} == {
        sum(line.micro_dollars or 0 for line in (lost, settled))
    }
