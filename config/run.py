"""``make run``: all that Viva needs on one machine, from nothing to a first page, until Ctrl-C."""

import fcntl
import http.client
import io
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connections

from config import embedded
from config.children import Child, ChildStoppedError, end_leftovers, end_with_parent, running
from config.embedded.valkey import free_port

READY_SECONDS = 60.0
HANDOVER_SECONDS = 15.0  # a predecessor that is stopping takes less
RELEASE_SECONDS = 1.0  # a killed process keeps its port a moment longer than its name
# Workers have nothing to tell each other: the row is the queue.
WORKER = (
    "worker", "--pool=threads", "--without-gossip", "--without-mingle", "--without-heartbeat",
)  # fmt: skip
HELLO = """
Viva is at {url}

  Sign in    demo-candidate, demo-interviewer, demo-reviewer or demo-admin
  Password   viva-demo
  Data       {home}
  Logs       {home}/logs
  Stop       Ctrl-C

"""


def main(arguments: list[str]) -> None:
    """Serve on the port given as the one argument. Leaves with one sentence if it cannot."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    for asked_to_stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(asked_to_stop, signal.default_int_handler)
    if "MAKELEVEL" in os.environ:
        end_with_parent(signal.SIGTERM)
    port = _port(arguments)
    os.environ.setdefault("VIVA_URL", f"http://localhost:{port}")
    try:
        _serve(embedded.home(), port)
    except KeyboardInterrupt:
        sys.stdout.write("\nViva has stopped.\n")
    except (embedded.EmbeddedError, ChildStoppedError) as error:
        sys.exit(f"Viva cannot run. {error}")


def _serve(home: Path, port: int) -> None:
    with _only_one(home):
        end_leftovers(home)
        _require_free(port)
        with embedded.servers(home) as values:
            os.environ.update(values)
            _prepare()
            with running(home, _commands(home, port)) as children, _address(home):
                _wait_until_ready(port, children)
                sys.stdout.write(HELLO.format(url=os.environ["VIVA_URL"], home=home))
                sys.stdout.flush()
                while True:
                    time.sleep(0.5)
                    for child in children:
                        child.keep_alive()


def _port(arguments: list[str]) -> int:
    with suppress(ValueError, IndexError):
        port = int(arguments[0])
        if 0 < port < 2**16:
            return port
    sys.exit("PORT takes a number from 1 to 65535, as in: make run PORT=9000")


def _require_free(port: int) -> None:
    deadline = time.monotonic() + RELEASE_SECONDS
    while not free_port(port):
        if time.monotonic() < deadline:
            time.sleep(0.05)
            continue
        other = next(filter(free_port, range(9000, 9100)), 9000)
        sys.exit(f"Port {port} is taken by another program. Try another: make run PORT={other}")


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """Hold the home's run lock; if another holds it and serves, say where it does."""
    (home / "logs").mkdir(parents=True, exist_ok=True)
    address = home / "address"
    with (home / "run.lock").open("a") as lock:
        deadline = time.monotonic() + HANDOVER_SECONDS
        while not _acquire(lock.fileno()):
            if address.exists() or time.monotonic() > deadline:
                where = f" at {address.read_text()}" if address.exists() else ""
                sys.exit(f"Viva runs already{where}. Stop it with Ctrl-C where it was started.")
            time.sleep(0.1)  # it is starting or stopping
        address.unlink(missing_ok=True)
        yield


def _acquire(file: int) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


@contextmanager
def _address(home: Path) -> Iterator[None]:
    """Leave our address for whoever finds the run lock held, as long as we serve."""
    (home / "address").write_text(os.environ["VIVA_URL"])
    try:
        yield
    finally:
        (home / "address").unlink(missing_ok=True)


def _prepare() -> None:
    """Bring the database, the built-in sets, the demo people and the static files up to date."""
    django.setup()
    for command in ("migrate", "load_builtin_sets", "load_demo"):
        call_command(command, verbosity=0, stdout=io.StringIO())
    call_command("collectstatic", verbosity=0, interactive=False)
    connections.close_all()


def _commands(home: Path, port: int) -> dict[str, Sequence[str]]:
    celery = (sys.executable, "-m", "celery", "--app=config", "--quiet")
    web = (sys.executable, "-m", "gunicorn", "--config=python:config.gunicorn")
    return {
        "web": (*web, f"--bind=127.0.0.1:{port}", "config.wsgi"),
        "worker": (*celery, *WORKER, "--concurrency=4", "--loglevel=WARNING"),
        "beat": (*celery, "beat", f"--schedule={home}/beat", "--loglevel=WARNING"),
    }


def _wait_until_ready(port: int, children: list[Child]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not _is_healthy(port):
        for child in children:
            child.keep_alive()
        if time.monotonic() > deadline:
            log = children[0].log
            raise ChildStoppedError(f"Its web does not answer. See {log}")
        time.sleep(0.1)


def _is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/healthz", headers={"Host": "localhost"})
        return connection.getresponse().status == http.client.OK
    return False


if __name__ == "__main__":
    main(sys.argv[1:])
