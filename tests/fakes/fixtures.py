"""Fixtures for every test that talks to Claude."""

from collections.abc import Iterator

import anthropic
import pytest

from tests.fakes.claude_api import ClaudeApi


@pytest.fixture
def claude_api() -> Iterator[ClaudeApi]:
    """A fake Claude API of this test's own, answering at once."""
    with ClaudeApi() as api:
        yield api


@pytest.fixture
def claude(claude_api: ClaudeApi) -> Iterator[anthropic.Anthropic]:
    """The real SDK talking to it, without retries."""
    with claude_api.client() as client:
        yield client
