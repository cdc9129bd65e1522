"""The processes that ``make run`` looks after: kept alive while it runs, gone when it is gone."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from config.embedded.server import wait_for_end

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1  # from linux/prctl.h
# Else glibc gives each thread a heap and returns little of it: some 40 MB a thread of a worker.
ONE_HEAP = {"MALLOC_ARENA_MAX": "1"}
MARK = "VIVA_RUN_HOME"  # in every child's environment, and in its children's
STOP_SECONDS = 4.0
STEADY_SECONDS = 10.0  # a child that ends of itself sooner would do so again


class ChildStoppedError(RuntimeError):
    """A child ended, and would end again. The message is for the person at the terminal."""


class Child:
    """One process in a session of its own, so that Ctrl-C reaches it only through us."""

    def __init__(self, name: str, command: Sequence[str], home: Path) -> None:
        self.name, self.command, self.home = name, command, home
        self.log = home / "logs" / f"{name}.log"
        self.start()

    def start(self) -> None:
        self.started = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own command
                self.command,
                cwd=Path(__file__).resolve().parent.parent,
                env=ONE_HEAP | os.environ | {MARK: str(self.home)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_at_once_with_parent,  # noqa: PLW1509 - we run no threads
            )

    def keep_alive(self) -> None:
        """Start the process again if it has ended. Raises ChildStoppedError if it ends at once."""
        ended = self.process.poll()
        if ended is None:
            return
        if ended != -signal.SIGKILL and time.monotonic() - self.started < STEADY_SECONDS:
            last = "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])
            raise ChildStoppedError(f"Its {self.name} stops at once. {self.log} ends with:\n{last}")
        self.start()
        sys.stderr.write(f"The {self.name} ended ({ended}) and was started again.\n")


@contextmanager
def running(home: Path, commands: dict[str, Sequence[str]]) -> Iterator[list[Child]]:
    """Run a child a command, by name; end all of them, at the latest after STOP_SECONDS."""
    children: list[Child] = []
    try:
        for name, command in commands.items():
            children.append(Child(name, command, home))
        yield children
    finally:
        for asked_to_stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(asked_to_stop, signal.SIG_IGN)  # we are stopping, and it will not be long
        _end([child.process for child in children])


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
    for process in processes:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def end_leftovers(home: Path) -> None:
    """End what a killed ``make run`` of this home left behind. The caller knows that none runs."""
    left = [process for process in psutil.process_iter() if _is_marked(process, home)]
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    for process in left:
        wait_for_end(process)


def _is_marked(process: psutil.Process, home: Path) -> bool:
    """False for other people's processes, whose environment is closed to us, and for the dead."""
    with suppress(psutil.Error, OSError):
        return bool(process.environ().get(MARK) == str(home))
    return False


def end_with_parent(sign: signal.Signals) -> None:
    """Let the kernel send us the signal when our parent dies. Linux only; elsewhere, nothing."""
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, sign)


def _end_at_once_with_parent() -> None:
    end_with_parent(signal.SIGKILL)
