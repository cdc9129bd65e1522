"""A real Chromium for the tests marked ``browser``, where one is installed."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
# Playwright keeps an event loop in our thread, and Django would take our queries for async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
TIMEOUT = 10_000.0  # milliseconds: generous, for two busy cores


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
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page in a profile of its own, in which nothing of another test remains."""
    context = chromium.new_context()
    context.set_default_timeout(TIMEOUT)
    yield context.new_page()
    context.close()
