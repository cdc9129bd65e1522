"""A real Chromium for the tests marked ``browser``, where one is installed."""

import os
import shutil
import threading
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
# Playwright keeps an event loop in our thread, and Django would take our queries for async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
TIMEOUT = 30_000.0  # milliseconds: two busy cores are slow, a hang is forever


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser. Skips without one, or fails where VIVA_REQUIRE_BROWSER is set to 1."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if not found:
        missing = "No Chromium is installed."
        if os.environ.get("VIVA_REQUIRE_BROWSER") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=flags)
        expect.set_options(timeout=TIMEOUT)  # which does not follow the context's
        yield browser
        browser.close()


@pytest.fixture
def script() -> bool:
    """Whether the page runs JavaScript; ``parametrize("script", [False])`` for one without."""
    return True


@pytest.fixture
def page(
    chromium: Browser, live_server: LiveServer, transactional_db: None, script: bool
) -> Iterator[Page]:
    """A page in a profile of its own, in which nothing of another test remains.

    A page that closes still sends its draft. So it goes offline first, and what it had sent is
    answered before the database is emptied: otherwise a request could find half of its rows.
    """
    context = chromium.new_context(java_script_enabled=script)
    context.set_default_timeout(TIMEOUT)
    yield context.new_page()
    context.set_offline(True)
    context.close()
    _answer_all(live_server)


def _answer_all(live_server: LiveServer) -> None:
    """Return when every request that reached the server by now is answered."""
    # Connections are taken in their order: after ours all earlier ones have their threads.
    with urllib.request.urlopen(f"{live_server.url}/healthz", timeout=TIMEOUT / 1000) as reply:  # noqa: S310 - our own server
        assert reply.status == 200
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(TIMEOUT / 1000)
            assert not thread.is_alive(), "a request that was never answered"
