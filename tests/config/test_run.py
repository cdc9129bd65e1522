"""``make run`` as a person meets it: a free port, a taken one, a second start, a kill, an end."""

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from config import embedded
from config.children import MARK
from config.embedded.valkey import free_port

GIVEN = ("DATABASE_URL", "REDIS_URL", "VIVA_SECRET_KEY", "VIVA_URL", "VIVA_STATIC_ROOT")


def run(home: Path, port: int | str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if name not in GIVEN}
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "config.run", str(port)],
        cwd=embedded.ROOT,
        env=environment | {"VIVA_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@dataclass
class Served:
    """A ``make run`` that has said hello."""

    home: Path
    port: int
    process: subprocess.Popen[str] = field(init=False)
    hello: str = ""

    def __post_init__(self) -> None:
        self.process = run(self.home, self.port)
        while "Ctrl-C" not in self.hello and (line := self.next_line()):
            self.hello += line
        self.next_line()

    def next_line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline()

    def worker(self) -> psutil.Process:
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if "worker" in child.cmdline())

    def left(self) -> list[str]:
        """The commands of our children that still run, whoever their parent is by now."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.environ().get(MARK) == str(self.home):
                    found.append(" ".join(process.cmdline()))
        return found


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(tmp_path_factory.mktemp("run"), free_port())
    yield served
    served.process.terminate()
    served.process.wait()


def test_it_serves_and_says_where_and_as_whom(served: Served) -> None:
    connection = http.client.HTTPConnection("localhost", served.port, timeout=10)
    connection.request("GET", "/accounts/login/")
    response = connection.getresponse()
    assert (response.status, b"<form" in response.read()) == (200, True)
    for word in (f"http://localhost:{served.port}", "demo-candidate", "viva-demo", served.home):
        assert str(word) in served.hello


def test_a_second_start_says_that_it_runs_already(served: Served) -> None:
    said, _ = run(served.home, free_port()).communicate()
    assert said.startswith(f"Viva runs already at http://localhost:{served.port}.")


def test_a_killed_worker_is_started_again(served: Served) -> None:
    killed = served.worker()
    killed.kill()
    assert served.next_line() == "The worker ended (-9) and was started again.\n"
    assert served.worker() != killed


def test_a_killed_run_does_not_block_the_next_and_ctrl_c_leaves_nothing(served: Served) -> None:
    served.process.kill()
    served.process.wait()
    following = Served(served.home, served.port)
    assert f"Viva is at http://localhost:{served.port}" in following.hello
    following.process.send_signal(signal.SIGINT)
    said, _ = following.process.communicate(timeout=10)
    assert said == "\nViva has stopped.\n"
    assert (following.process.returncode, following.left()) == (0, [])
    assert free_port(served.port) == served.port


def test_a_taken_port_says_so_and_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said, _ = run(tmp_path, port).communicate()
    assert said.startswith(f"Port {port} is taken by another program. Try another: make run PORT=")


def test_a_port_that_is_none_says_so(tmp_path: Path) -> None:
    said, _ = run(tmp_path, "eight").communicate()
    assert said == "PORT takes a number from 1 to 65535, as in: make run PORT=9000\n"
