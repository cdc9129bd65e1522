"""The embedded servers: started, joined, left alone and recovered, each time for real."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from config import embedded
from config.embedded.postgres import Postgres
from config.embedded.valkey import Valkey

HOLD = """
import sys
from pathlib import Path
from config import embedded
with embedded.servers(Path(sys.argv[1])) as values:
    print(values["DATABASE_URL"], values["REDIS_URL"], flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _no_address_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "VIVA_SECRET_KEY", "VIVA_URL", "VIVA_STATIC_ROOT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home for all tests here, because making a database is the slow part."""
    return tmp_path_factory.mktemp("home")


def running(home: Path) -> tuple[psutil.Process | None, psutil.Process | None]:
    return Postgres(home, durable=True).process(), Valkey(home, durable=True).process()


def hold_elsewhere(home: Path) -> subprocess.Popen[str]:
    """Another process inside ``servers``, until it is killed."""
    holder = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", HOLD, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=embedded.ROOT,
    )
    assert holder.stdout
    assert holder.stdout.readline().startswith("postgresql://")
    return holder


def test_the_databases_log_repeats_no_words_of_a_row_that_it_refused(home: Path) -> None:
    with embedded.servers(home) as values:
        with psycopg.connect(values["DATABASE_URL"], autocommit=True) as database:
            database.execute("CREATE TEMP TABLE said (words text CHECK (words <> 'an ocelot'))")
            with pytest.raises(psycopg.errors.CheckViolation, match="an ocelot"):
                database.execute("INSERT INTO said VALUES ('an ocelot')")
        log = (home / "logs" / "postgres.log").read_text()
    assert "said_words_check" in log
    assert "ocelot" not in log


def test_both_servers_answer_and_postgres_knows_vectors(home: Path) -> None:
    with embedded.servers(home) as values:
        with psycopg.connect(values["DATABASE_URL"]) as database:
            database.execute("CREATE EXTENSION vector")
            distance = database.execute("SELECT '[1,2]'::vector <-> '[1,5]'").fetchone()
        with redis.Redis.from_url(values["REDIS_URL"]) as broker:
            assert broker.ping() is True
    assert distance == (3.0,)


def test_whoever_comes_first_starts_and_whoever_leaves_last_stops(home: Path) -> None:
    assert running(home) == (None, None)
    with embedded.servers(home) as first:
        before = running(home)
        with embedded.servers(home) as second:
            assert second == first
            assert running(home) == before
        assert running(home) == before
    assert running(home) == (None, None)


def test_servers_outlive_the_one_who_started_them_while_another_needs_them(home: Path) -> None:
    starter = hold_elsewhere(home)
    with embedded.servers(home) as values:
        starter.communicate("")
        with psycopg.connect(values["DATABASE_URL"]) as database:
            assert database.execute("SELECT 1").fetchone() == (1,)
    assert running(home) == (None, None)


def test_servers_of_a_killed_process_are_joined_and_then_stopped(home: Path) -> None:
    holder = hold_elsewhere(home)
    holder.kill()
    holder.communicate()
    orphans = running(home)
    assert None not in orphans
    with embedded.servers(home):
        assert running(home) == orphans
    assert running(home) == (None, None)


def test_what_was_stored_outlives_servers_that_were_killed(home: Path) -> None:
    with embedded.servers(home) as values:
        with psycopg.connect(values["DATABASE_URL"]) as database:
            database.execute("CREATE TABLE kept AS SELECT 7 AS number")
        with redis.Redis.from_url(values["REDIS_URL"]) as broker:
            broker.set("kept", "yes")
            broker.execute_command("WAITAOF", 1, 0, 0)
        for process in running(home):
            assert process
            process.kill()
    with embedded.servers(home) as values:
        with psycopg.connect(values["DATABASE_URL"]) as database:
            assert database.execute("SELECT number FROM kept").fetchone() == (7,)
        with redis.Redis.from_url(values["REDIS_URL"]) as broker:
            assert broker.get("kept") == b"yes"


def test_pid_files_that_name_a_stranger_block_nothing(home: Path) -> None:
    for server in (Postgres(home, durable=True), Valkey(home, durable=True)):
        server.pid_file().write_text(f"{os.getpid()}\n{server.data}\n0\n5432\n\n\n\nready\n")
    assert running(home) == (None, None)
    with embedded.servers(home):
        assert None not in running(home)


def test_addresses_and_key_stay_the_same_from_start_to_start(home: Path) -> None:
    with embedded.servers(home) as first:
        pass
    with embedded.servers(home) as second:
        assert second == first
    assert stat.S_IMODE((home / "secret_key").stat().st_mode) == 0o600


def test_two_homes_run_side_by_side_and_a_path_may_be_long(home: Path, tmp_path: Path) -> None:
    other = tmp_path / f"with space, and {'long ' * 20}"
    with embedded.servers(home) as ours, embedded.servers(other, durable=False) as theirs:
        assert theirs["REDIS_URL"] != ours["REDIS_URL"]
        assert theirs["VIVA_SECRET_KEY"] != ours["VIVA_SECRET_KEY"]
        with psycopg.connect(theirs["DATABASE_URL"]) as database:
            folder = database.execute("SHOW data_directory").fetchone()
        assert folder == (str(other / "postgres"),)
    assert running(other) == (None, None)


def test_nothing_starts_where_both_addresses_are_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/viva")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    with embedded.servers(tmp_path / "unused") as values:
        assert values == {}
    assert not (tmp_path / "unused").exists()


def test_an_address_that_is_given_is_kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/viva")
    with embedded.servers(home) as values:
        postgres, valkey = running(home)
        assert (postgres, valkey is None) == (None, False)
        assert "DATABASE_URL" not in values
        assert values["REDIS_URL"].startswith("redis://")


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    with (
        pytest.raises(embedded.EmbeddedError, match=r"postgres does not start.*postgres\.log ends"),
        embedded.servers(tmp_path),
    ):
        pytest.fail("an empty folder is no database")


def test_a_database_left_half_made_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "PG_VERSION").write_text("18\n")
    with embedded.servers(tmp_path, durable=False):
        assert None not in running(tmp_path)
    assert not (tmp_path / "postgres.new").exists()


def test_a_command_finds_running_servers_and_leaves_them(home: Path) -> None:
    command = [sys.executable, "manage.py", "diffsettings"]
    environment = os.environ | {"VIVA_HOME": str(home)}
    with embedded.servers(home):
        before = running(home)
        subprocess.run(  # noqa: S603 - our own command
            command, cwd=embedded.ROOT, env=environment, capture_output=True, check=True
        )
        assert running(home) == before


def test_a_command_that_started_servers_stops_them(home: Path) -> None:
    command = [sys.executable, "manage.py", "diffsettings"]
    environment = os.environ | {"VIVA_HOME": str(home)}
    subprocess.run(  # noqa: S603 - our own command
        command, cwd=embedded.ROOT, env=environment, capture_output=True, check=True
    )
    assert running(home) == (None, None)
