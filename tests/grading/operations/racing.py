"""Two threads that want the same room below a cap."""

import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from django.db import connection

from grading.operations.budget import BudgetReached, check_room


def race_for_room(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, take: Callable[[str], None]
) -> list[str]:
    """``take("first")`` and ``take("second")``, each in a thread of its own: the second looks for
    room while the first has looked and not yet committed. Tells who found none.

    `module` is where ``take`` ends in a call of ``check_room``.
    """
    first_looked, second_done = threading.Event(), threading.Event()
    stopped: list[str] = []

    def look(**fields: Any) -> None:
        check_room(**fields)
        if threading.current_thread().name == "first":
            first_looked.set()
            second_done.wait(timeout=0.5)  # runs out, as long as the second is kept waiting

    def run(name: str) -> None:
        if name == "second":
            first_looked.wait(timeout=10)
        try:
            take(name)
        except BudgetReached:
            stopped.append(name)
        finally:
            second_done.set()
            connection.close()

    monkeypatch.setattr(module, "check_room", look)
    names = ("first", "second")
    threads = [threading.Thread(target=run, args=(name,), name=name) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
        assert not thread.is_alive()
    return stopped
