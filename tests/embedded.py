"""A pytest plugin: tests run against PostgreSQL and Valkey of their own, unless given addresses."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from config import embedded


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Start the servers before anything reads Django's settings."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends the session, and the servers
    home = Path(os.environ.get("VIVA_TEST_HOME") or embedded.ROOT / ".viva" / "test").resolve()
    stack = ExitStack()
    early_config.add_cleanup(stack.close)
    os.environ.update(stack.enter_context(embedded.servers(home, durable=False)))
    os.environ["VIVA_JUDGE"] = "local"  # a key in the environment is for tests that ask for it
    os.environ["VIVA_CLAUDE_EXTRA_CALLS"] = "0"  # one reading, unless a test is about more
    return (yield)
