"""What the benchmarks of grading share: servers of their own, the fake API, real workers."""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from config import embedded
from config.embedded.valkey import free_port

if TYPE_CHECKING:
    from grading.models import Rubric

ROOT = Path(__file__).resolve().parent.parent
ANSWER_BYTES = 830  # about 250 tokens
PATIENCE = 300.0
OPENINGS = ("I would say this.", "Then there is this.", "It also matters here.", "And further.")


@dataclass(frozen=True)
class Stage:
    """Everything that runs, but for the workers."""

    home: Path
    api: str

    def ask_fake(self, page: str, said: dict[str, Any] | None = None) -> Any:
        """A page of the fake: what is sent is posted."""
        body = None if said is None else json.dumps(said).encode()
        with urllib.request.urlopen(f"{self.api}/_fake/{page}", body, timeout=60) as reply:  # noqa: S310 - the fake's own address
            return json.load(reply)

    def exchanges(self) -> list[dict[str, Any]]:
        """Every request for a message, in order, with what was sent."""
        return [row for row in self.ask_fake("log?bodies=1") if row["path"] == "/v1/messages"]


@contextmanager
def tables(**environment: str) -> Iterator[Path]:
    """Databases that are empty but for their tables, and the folder they lie in.

    Django is set up inside, so import models there.
    """
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="viva-benchmark-")))
        for name in ("DATABASE_URL", "REDIS_URL"):
            os.environ.pop(name, None)
        os.environ.update(stack.enter_context(embedded.servers(home, durable=False)))
        os.environ |= {"VIVA_LOG_LEVEL": "WARNING", "DJANGO_SETTINGS_MODULE": "config.settings"}
        os.environ |= environment
        import django  # noqa: PLC0415 - reads the environment just made
        from django.core.management import call_command  # noqa: PLC0415 - the same
        from django.db import connections  # noqa: PLC0415 - the same

        django.setup()
        call_command("migrate", verbosity=0)
        yield home
        connections.close_all()


@contextmanager
def stage(*, latency: float) -> Iterator[Stage]:
    """The tables, and a fake that answers in `latency` seconds."""
    port = free_port()
    api = f"http://127.0.0.1:{port}"
    environment = {
        "ANTHROPIC_API_KEY": "sk-ant-benchmark",
        "ANTHROPIC_BASE_URL": api,
        "VIVA_JUDGE": "claude",
        "VIVA_CLAUDE_EXTRA_CALLS": "0",  # one call an answer, as the formula counts
    }
    with ExitStack() as stack:
        home = stack.enter_context(tables(**environment))
        fake = ("-m", "tests.fakes.claude_api", f"--port={port}", f"--latency={latency}")
        stack.enter_context(_running(home, *fake, "--rpm=1000000"))
        found = Stage(home, api)
        wait_until(lambda: _answers(found), "the fake API")
        # more than any run takes, so that no limit of the fake is what is measured
        found.ask_fake("settings", {"itpm": 10**9, "otpm": 10**9})
        yield found


def _answers(found: Stage) -> bool:
    try:
        return not found.ask_fake("log")
    except OSError:
        return False


@contextmanager
def worker(found: Stage, *, threads: int) -> Iterator[psutil.Process]:
    """A worker as operators start it."""
    celery = ("-m", "celery", "--app=config", "--quiet", "worker", "--loglevel=WARNING")
    with _running(found.home, *celery, "--pool=threads", f"--concurrency={threads}") as process:
        yield psutil.Process(process.pid)


@contextmanager
def _running(home: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    with (home / "processes.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, *arguments], cwd=ROOT, stdout=log, stderr=log
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def rubrics(count: int) -> list["Rubric"]:
    """As many questions of the built-in set."""
    from grading.operations.rubrics import CriterionText, ensure_rubric  # noqa: PLC0415 - needs Django set up
    from interview.formats import read_path  # noqa: PLC0415 - the same

    document = read_path(ROOT / "interview" / "content" / "llm-engineer")
    return [
        ensure_rubric(
            question=f"{question.title}\n\n{question.prompt}",
            reference_answer=question.reference_answer,
            criteria=[
                CriterionText(line.kind, line.weight, line.text) for line in question.criteria
            ],
        )
        for question in document.questions[:count]
    ]


def answers(rubric: "Rubric", count: int) -> list[str]:
    """Different good answers of about 250 tokens: every point is made, none of them wrong."""
    draw = random.Random(rubric.content_hash)  # noqa: S311 - repeatable, not secret
    points = [row.text for row in rubric.criteria.all() if row.kind != row.Kind.MISCONCEPTION]
    return [_answer(draw, points, number) for number in range(count)]


def _answer(draw: random.Random, points: Sequence[str], number: int) -> str:
    text = f"This is on page {number} of my notebook."
    for point in draw.sample(points, len(points)):
        text += f" {draw.choice(OPENINGS)} {point}"
    while len(text) < ANSWER_BYTES:
        text += f" {draw.choice(OPENINGS)} {draw.choice(points)}"
    return text


def wait_until(condition: Callable[[], bool], what: str, every: float = 0.1) -> None:
    """Raises TimeoutError, saying what never came."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {PATIENCE:.0f} s in vain for {what}")
        time.sleep(every)
