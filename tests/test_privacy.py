"""Nobody's words, no prompt and no key in any line that Viva's processes write, whatever fails."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from django.db import connection

from grading.models import Grade
from interview.models import Question
from interview.operations.drafts import open_draft
from interview.operations.publishing import publish_version
from interview.operations.question_sets import create_set
from interview.operations.questions import add_question
from tests.factories import CRITERIA, make_user, question_text
from tests.fakes.claude_api import ClaudeApi
from tests.fakes.faults import Fault
from tests.interview.api.callers import API, new_token
from tests.processes import beat, claude_at, wait_until, web, worker

KEY = "sk-ant-marten-4410"
SECRETS = {
    "the answer": "ocelot",
    "the question": "pangolin",
    "the reference": "quetzal",
    "the notes": "axolotl",
    "the criteria": "tapir",
    "the feedback": "okapi",
    "the key": KEY,
    "the prompt": "You grade one answer",
}
SAID = " ".join(SECRETS.values())
JUDGED = {
    "criteria": [
        {"id": f"c{at}", "evidence": [], "justification": SAID, "verdict": "not_met"}
        for at in (1, 2, 3)
    ],
    "feedback": "An okapi.",
    "injection_suspected": False,
}
CASES = {
    # a word in the answer: what becomes of its call, and of its grade
    "plain": (Fault(), "graded"),
    "rejected": (Fault(status=400, message=f"messages.0.content: {SAID}"), "ungraded"),
    "refused": (Fault(stop="refusal", times=2), "ungraded"),
    "malformed": (Fault(text=f'{{"criteria": "{SAID}"', times=2), "ungraded"),
    "unknown": (Fault(text=json.dumps(JUDGED | {"criteria": [{"id": SAID}]}), times=2), "ungraded"),
    "overloaded": (Fault(status=529, message=SAID), "graded"),
    "broken": (Fault(error="overloaded_error", message=SAID), "graded"),
    "failing": (Fault(error="api_error", message=SAID), "graded"),
    "cut": (Fault(drop="mid"), "graded"),
}
UNSTORABLE = {
    "grading_submission": ("text", "refused by the database"),
    "grading_grade": ("feedback", "An okapi"),
}


@contextmanager
def refused_by_the_database() -> Iterator[None]:
    """Rows with certain words cannot be written, and PostgreSQL says in full which they were."""
    with connection.cursor() as cursor:
        for table, (column, words) in UNSTORABLE.items():
            cursor.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT unstorable "
                f"CHECK ({column} NOT LIKE '%{words}%') NOT VALID"
            )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for table in UNSTORABLE:
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT unstorable")


def question() -> Question:
    draft = open_draft(question_set=create_set(team=None, slug="secret", title="A set"))
    first, *others = CRITERIA
    text = question_text(
        "A title",
        prompt="Explain the pangolin.",
        reference_answer="A quetzal is divided by a root, because products of vectors are large.",
        grader_notes="Be strict about the axolotl.",
        criteria=(type(first)(first.kind, first.weight, f"{first.text} Name the tapir."), *others),
    )
    add_question(version=draft, text=text)
    return publish_version(version=draft, by=None).questions.get()


class Candidate:
    """Answers through the API, over HTTP."""

    def __init__(self, address: str, question: Question) -> None:
        _, self._token = new_token(make_user())
        self._host = urlsplit(address).netloc
        self._question = question

    def post(self, body: str) -> int:
        """The status of the reply."""
        link = HTTPConnection(self._host, timeout=30)
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
            "Host": "localhost",
        }
        link.request("POST", f"{API}/answers/", body.encode(), headers)
        return link.getresponse().status

    def submit(self, text: str) -> int:
        asked: dict[str, Any] = {
            "question_set": self._question.version.question_set_id,
            "question": self._question.key,
        }
        return self.post(json.dumps(asked | {"text": f"My ocelot is this: {text}."}))


def state_of(case: str) -> str:
    return Grade.objects.get(submission__text__contains=f" {case}.").state


@pytest.mark.django_db(transaction=True)
def test_what_people_wrote_is_in_no_line_of_any_process(
    own_valkey: str, claude_api: ClaudeApi, tmp_path: Path
) -> None:
    environment = claude_at(claude_api, broker=own_valkey, lease_seconds=20)
    environment |= {"ANTHROPIC_API_KEY": KEY, "VIVA_LOG_LEVEL": "INFO"}
    environment["DJANGO_SETTINGS_MODULE"] = "tests.hurried"
    log = tmp_path / "processes.log"
    for case, (fault, _) in CASES.items():
        claude_api.script(replace(fault, match=f" {case}."))
    claude_api.answer("unstorable", reply=JUDGED)
    with (
        refused_by_the_database(),
        beat(log, **environment),
        worker(log, threads=4, level="INFO", **environment),
        web(log, **environment) as site,
    ):
        candidate = Candidate(site.address, question())
        assert candidate.post('{"text": "An ocelot') == 400
        assert candidate.submit("ocelot " * 4_000) == 400
        assert candidate.submit("refused by the database") == 500
        for case, (_, state) in CASES.items():
            redis.Redis.from_url(own_valkey).flushall()  # whoever opens the cache is streamed
            assert candidate.submit(f"it is {case}") == 201
            wait_until(lambda: state_of(case) == state, f"{case} to be {state}; see {log}")  # noqa: B023 - asked at once
        assert candidate.submit("it is unstorable") == 201
        wait_until(lambda: "run_grade" in _failures(log), f"a task that fails; see {log}")
        claude_api.script(Fault(status=401, message=f"invalid bearer token: {KEY}"))
        assert candidate.submit("the last one") == 201
        wait_until(lambda: "key_refused" in log.read_text(), f"a refused key; see {log}")
    streamed = {row.error for row in claude_api.requests() if row.stream}
    assert streamed >= {"overloaded_error", "api_error", "dropped mid"}
    lines = log.read_text()
    for told in ("bad_request", "IntegrityError", "Internal Server Error", "overloaded"):
        assert told in lines
    assert {what for what, words in SECRETS.items() if words in lines} == set()


def _failures(log: Path) -> str:
    return "\n".join(line for line in log.read_text().splitlines() if "raised unexpected" in line)
