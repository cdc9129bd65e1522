"""PostgreSQL and Valkey from wheels, for whoever gives no address of their own.

Everything lies under one folder, the home. Whoever needs the servers holds a shared lock there: the
first one in starts them, later ones join, the last one out stops them. The kernel drops the lock of
a killed process, so servers it left behind are joined, and in the end stopped, by the next in line.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from config.embedded.postgres import Postgres
from config.embedded.server import EmbeddedError, write_private
from config.embedded.valkey import Valkey

__all__ = ["EmbeddedError", "home", "servers"]

ROOT = Path(__file__).resolve().parents[2]


def home() -> Path:
    """The folder of data, keys and logs: VIVA_HOME, or .viva in the checkout."""
    return Path(os.environ.get("VIVA_HOME") or ROOT / ".viva").expanduser().resolve()


@contextmanager
def servers(home: Path, *, durable: bool = True) -> Iterator[dict[str, str]]:
    """Yield the environment values nobody has given, with the servers behind them running.

    With DATABASE_URL and REDIS_URL given, nothing is yielded, started or written. ``durable=False``
    gives up safety against power loss for speed, for tests. Raises EmbeddedError.
    """
    both = [Postgres(home, durable=durable), Valkey(home, durable=durable)]
    wanted = [server for server in both if not os.environ.get(server.variable)]
    if not wanted:
        yield {}
        return
    for folder in ("logs", "static"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    home.chmod(0o711 if os.geteuid() == 0 else 0o700)
    with (home / "users.lock").open("a") as users:
        try:
            with _turn(home):
                fcntl.flock(users, fcntl.LOCK_SH)
                values = {server.variable: server.ensure() for server in wanted}
                values |= {
                    "VIVA_SECRET_KEY": _secret_key(home),
                    "VIVA_URL": "http://localhost:8000",
                    "VIVA_STATIC_ROOT": str(home / "static"),
                }
            yield {name: value for name, value in values.items() if not os.environ.get(name)}
        finally:
            with _turn(home):
                if _is_last(users):
                    for server in both:
                        server.stop()


@contextmanager
def _turn(home: Path) -> Iterator[None]:
    """Only one process at a time starts or stops servers."""
    with (home / "turn.lock").open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _is_last(users: IO[str]) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def _secret_key(home: Path) -> str:
    key = home / "secret_key"
    if not key.exists():
        write_private(key, secrets.token_urlsafe(50))
    return key.read_text()
