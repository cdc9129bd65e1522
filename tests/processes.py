"""Viva's own processes for tests that must not pretend: a real worker, a real beat."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import pytest
from django.db import connection

from config import embedded
from config.embedded.valkey import free_port
from tests.fakes.claude_api import ClaudeApi

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0  # seconds: two busy cores are slow, a hang is forever


def wait_until(condition: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Look again and again until it is so; fails, saying what never came, after `patience`."""
    pause = Event()  # never set: a wait of its own, apart from the code's clocks
    for _ in range(int(patience / 0.05)):
        if condition():
            return
        pause.wait(0.05)
    raise AssertionError(f"waited {patience:.0f} s in vain: {what}")


def database_url() -> str:
    """The address of the test database, which is not the one that Django was started with."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))


@pytest.fixture
def own_valkey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A Valkey that only this test empties."""
    monkeypatch.delenv("REDIS_URL")
    with embedded.servers(tmp_path, durable=False) as values:
        yield values["REDIS_URL"]


@contextmanager
def celery(*arguments: str, log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """``celery("worker", …)`` against the test database; ended, if it still lives, at the end."""
    command = ("-m", "celery", "--app=config", "--quiet", *arguments)
    with _python(command, log, environment) as process:
        yield process


@contextmanager
def command(*arguments: str, log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """``command("grade", …)`` of ``manage.py``, in the same way."""
    with _python(("manage.py", *arguments), log, environment) as process:
        yield process


@contextmanager
def _python(
    arguments: Sequence[str], log: Path, environment: dict[str, str], group: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """`group` 0 begins a process group of its own."""
    command = [sys.executable, *arguments]
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command, no shell
            command,
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": database_url()} | environment,
            stdout=output,
            stderr=output,
            process_group=group,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@contextmanager
def worker(
    log: Path, *, threads: int = 2, level: str = "WARNING", **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A worker as ``make run`` starts it; at the level INFO, as a container does."""
    pool = ("--pool=threads", f"--concurrency={threads}", f"--loglevel={level}")
    with celery("worker", *pool, log=log, **environment) as process:
        yield process


@contextmanager
def beat(log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """The clock that sweeps up what was left behind."""
    schedule = f"--schedule={log.with_suffix('.schedule')}"
    with celery("beat", schedule, "--loglevel=WARNING", log=log, **environment) as process:
        yield process


@dataclass(frozen=True, slots=True)
class Site:
    """A running web: a parent and its worker, which is in the same process group."""

    address: str
    group: int

    def kill(self) -> None:
        """SIGKILL, in the middle of whatever it does."""
        os.killpg(self.group, signal.SIGKILL)


@contextmanager
def web(log: Path, **environment: str) -> Iterator[Site]:
    """The site as ``make run`` starts it, once it answers."""
    address = f"http://127.0.0.1:{free_port()}"
    bind = f"--bind={address.removeprefix('http://')}"
    command = ("-m", "gunicorn", "--config=python:config.gunicorn", bind, "config.wsgi")
    with _python(command, log, environment, group=0) as process:
        wait_until(lambda: _is_healthy(address), f"the web's answer; see {log}")
        yield Site(address, process.pid)


def _is_healthy(address: str) -> bool:
    with suppress(OSError), urlopen(f"{address}/healthz", timeout=5) as reply:  # noqa: S310 - our own address
        return bool(reply.status == HTTPStatus.OK)
    return False


def claude_at(api: ClaudeApi, *, broker: str, lease_seconds: int) -> dict[str, str]:
    """The environment of processes whose answers Claude grades, at the fake."""
    return {
        "REDIS_URL": broker,
        "VIVA_JUDGE": "claude",
        "ANTHROPIC_API_KEY": "sk-ant-test",
        "ANTHROPIC_BASE_URL": api.url,
        "VIVA_GRADE_LEASE_SECONDS": str(lease_seconds),
    }
