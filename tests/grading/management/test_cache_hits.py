import io

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings
from redis import Redis

from grading.llm.prefixes import Prefix
from grading.operations.dispatch import known_prefixes

QUESTION = Prefix("d" * 32, 300.0)


@pytest.fixture(autouse=True)
def nothing_known(settings: Settings) -> None:
    client = Redis.from_url(settings.CELERY_BROKER_URL)
    for key in client.scan_iter("viva:prefix:*"):
        client.delete(key)


def shown() -> str:
    printed = io.StringIO()
    call_command("cache_hits", stdout=printed)
    return printed.getvalue()


def note(what: str) -> None:
    known = known_prefixes()
    known.note(
        what, (), QUESTION, started=known.clock(), model="claude-haiku-5-5", about="rubric 7"
    )


def test_it_says_when_there_is_nothing_to_show() -> None:
    assert shown() == "No answer was sent to Claude in the last day.\n"


def test_it_shows_what_was_written_read_and_missed_by_prefix() -> None:
    for what in ("leaders", "hits", "hits"):
        note(what)
    assert shown().splitlines()[1].split() == [
        "claude-haiku-5-5", "rubric", "7", "1", "2", "0", "100.0%",
    ]  # fmt: skip


def test_it_fails_when_a_call_did_not_find_what_it_should_have() -> None:
    note("hits")
    note("misses")
    with pytest.raises(CommandError, match="1 calls did not find"):
        shown()
