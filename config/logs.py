"""Log lines that repeat nobody's words. An error's message may: a database's quotes the row that it
refused, and a parser's quotes what it could not read."""

import logging
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Final

from django.core.exceptions import ImproperlyConfigured
from django.db import InterfaceError, OperationalError

from grading.operations.frames import frames_of

# What these say is about this machine and its code, and whoever has to mend it needs it.
OUTSPOKEN: Final = (
    AttributeError, ImportError, ImproperlyConfigured, InterfaceError, NameError, OperationalError,
    OSError,
)  # fmt: skip
BECAUSE: Final = "\nThat led to:\n"


class DiscreetFormatter(logging.Formatter):
    """Tells of an error its kind and where it was raised; its message only where that is ours."""

    def format(self, record: logging.LogRecord) -> str:
        # A record keeps the traceback as another handler's formatter has told it.
        changes: dict[str, object] = {"exc_text": None}
        # Celery writes the failure of a task, message and all, into the line itself.
        kind = record.exc_info[0] if record.exc_info else None
        if kind is not None and isinstance(record.args, Mapping):
            changes["args"] = {**record.args, "exc": kind.__name__}
        return super().format(logging.makeLogRecord(record.__dict__ | changes))

    def formatException(  # noqa: N802 - the base class has it so
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        return BECAUSE.join(reversed([_told(error) for error in _chain(ei[1])]))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, then what it was raised from, and so on."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _told(error: BaseException) -> str:
    message = f"{error}\n" if isinstance(error, OUTSPOKEN) else ""
    return f"{message}{frames_of(error).rstrip()}"
