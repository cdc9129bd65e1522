import logging
import sys

import pytest

from config.logs import DiscreetFormatter


def line(error: Exception, *arguments: object, cause: Exception | None = None) -> str:
    """What is logged of an error that was raised here."""
    try:
        raise error from cause
    except type(error):
        record = logging.LogRecord(
            "viva", logging.ERROR, __file__, 1, "It failed", arguments, sys.exc_info()
        )
        return DiscreetFormatter("{message}", style="{").format(record)


def test_an_error_is_told_by_its_kind_and_place_and_not_by_what_it_quotes() -> None:
    told = line(ValueError("an ocelot"))
    assert told.startswith("It failed\nValueError\n  File ")
    assert "in line" in told
    assert "ocelot" not in told


def test_what_led_to_it_is_told_first() -> None:
    told = line(RuntimeError("an ocelot"), cause=KeyError("a tapir"))
    assert told.index("KeyError") < told.index("That led to:") < told.index("RuntimeError")
    assert "tapir" not in told


@pytest.mark.parametrize("error", [ConnectionRefusedError("port 5432"), ImportError("no psycopg")])
def test_what_an_error_says_of_the_machine_is_told(error: Exception) -> None:
    assert str(error) in line(error)


def test_a_tasks_failure_is_not_repeated_in_its_line() -> None:
    formatter = DiscreetFormatter("{message}", style="{")
    try:
        raise ValueError("x")
    except ValueError as error:
        context = {"name": "run_grade", "exc": repr(error), "args": "(1,)"}
        record = logging.LogRecord(
            "celery.app.trace", 40, "", 1, "Task %(name)s: %(exc)s", (context,), sys.exc_info()
        )
    assert formatter.format(record).startswith("Task run_grade: ValueError\n")
    assert record.args == context


def test_what_another_formatter_told_of_the_error_is_not_repeated() -> None:
    """A record carries a traceback to the handlers after the one that was first to write it."""
    error = ValueError("an ocelot")
    record = logging.LogRecord(
        "viva", 40, "", 1, "It failed", (), (ValueError, error, error.__traceback__)
    )
    assert "ocelot" in logging.Formatter().format(record)
    assert "ocelot" not in DiscreetFormatter("{message}", style="{").format(record)


def test_django_writes_no_lines_past_ours() -> None:
    assert logging.getLogger("django").handlers == []
