"""What PostgreSQL and Valkey have in common: started once, found again, ended by the last."""

import signal
import subprocess
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import psutil

START_SECONDS = 60  # after a hard stop PostgreSQL may have a long log to replay
START_TRIES = 6
STOP_SECONDS = 20


class EmbeddedError(RuntimeError):
    """A server cannot start. The message is one for the person at the terminal."""


class Server(ABC):
    """One embedded server: what to run, and how to tell that it runs."""

    variable: ClassVar[str]
    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]

    def __init__(self, home: Path, *, durable: bool) -> None:
        self.data = home / self.name
        self.log = home / "logs" / f"{self.name}.log"
        self.durable = durable
        self._spawned: list[subprocess.Popen[bytes]] = []

    def ensure(self) -> str:
        """Start the server or join the running one; its address. The caller holds the turn."""
        deadline = time.monotonic() + START_SECONDS
        try:
            while not (self.process() and self.answers()):
                self._spawn_if_gone()
                if time.monotonic() > deadline:
                    self._give_up("does not answer")
                time.sleep(0.02)
        except BaseException:
            for child in self._spawned:
                child.send_signal(self.stop_signal)
            raise
        return self.url()

    def stop(self) -> None:
        """End the server if it runs, whoever started it."""
        if not (process := self.process()):
            return
        with suppress(psutil.NoSuchProcess):
            process.send_signal(self.stop_signal)
            if not wait_for_end(process, STOP_SECONDS):
                process.kill()  # both servers recover from this by their logs
                wait_for_end(process)

    def process(self) -> psutil.Process | None:
        """The running server. A recycled pid, or the server of another home, is not it."""
        with suppress(OSError, ValueError, IndexError, psutil.Error):
            found = psutil.Process(self.pid())
            return found if self.mark() in found.cmdline() else None
        return None

    def pid(self) -> int:
        """What the server wrote into its pid file. Raises OSError, ValueError or IndexError."""
        return int(self.pid_file().read_text().splitlines()[0])

    def _spawn_if_gone(self) -> None:
        if self.process() or any(child.poll() is None for child in self._spawned):
            return
        if len(self._spawned) == START_TRIES:
            self._give_up("does not start")
        if self._spawned:
            time.sleep(0.5)  # the last processes of a killed predecessor may still be leaving
        command = self.prepare()
        with self.log.open("ab") as log:
            child = subprocess.Popen(  # noqa: S603 - our own command
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C at the terminal is for us, not for the server
                **self.identity(),
            )
        self._spawned.append(child)

    def _give_up(self, what: str) -> None:
        last = " / ".join(self.log.read_text(errors="replace").splitlines()[-3:])
        raise EmbeddedError(f"{self.name} {what}. {self.log} ends with: {last}")

    def identity(self) -> dict[str, Any]:
        """Who the server runs as, in subprocess's terms."""
        return {}

    @abstractmethod
    def prepare(self) -> list[str]:
        """Write what the server needs before it starts; the command that starts it."""

    @abstractmethod
    def pid_file(self) -> Path: ...

    @abstractmethod
    def mark(self) -> str:
        """The argument on its command line that no other home's server has."""

    @abstractmethod
    def url(self) -> str: ...

    @abstractmethod
    def answers(self) -> bool: ...


def wait_for_end(process: psutil.Process, seconds: float = 5) -> bool:
    """Whether the process ends in time. It need not be our child, nor be reaped by its parent."""
    deadline = time.monotonic() + seconds
    with suppress(psutil.NoSuchProcess):
        while process.status() != psutil.STATUS_ZOMBIE:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
    return True


def write_private(path: Path, text: str) -> None:
    """Write a file that only we can read, whole or not at all."""
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)
