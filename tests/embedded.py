"""A pytest plugin: tests run against PostgreSQL and Valkey of their own, unless given addresses."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from config import embedded

# Settings of somebody's own site, in the shell that the tests are started from.
SITE = (
    "VIVA_CLAUDE_", "VIVA_DEBUG", "VIVA_EMAIL_URL", "VIVA_GRADE_LEASE_SECONDS", "VIVA_LOG_LEVEL",
    "VIVA_PASS_LINE", "VIVA_SIGNUP_OPEN",
)  # fmt: skip


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Start the servers before anything reads Django's settings."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends the session, and the servers
    home = Path(os.environ.get("VIVA_TEST_HOME") or embedded.ROOT / ".viva" / "test").resolve()
    stack = ExitStack()
    early_config.add_cleanup(stack.close)
    os.environ.update(stack.enter_context(embedded.servers(home, durable=False)))
    for name in [name for name in os.environ if name.startswith(SITE)]:
        del os.environ[name]
    os.environ["VIVA_JUDGE"] = "local"  # a key in the environment is for tests that ask for it
    os.environ["VIVA_CLAUDE_EXTRA_CALLS"] = "0"  # one reading, unless a test is about more
    return (yield)
