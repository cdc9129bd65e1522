"""What every test stands on: real PostgreSQL, real Valkey, nothing left behind in either."""

from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test.utils import override_settings

from tests.fakes.fixtures import claude, claude_api  # noqa: F401 - fixtures are found by name
from tests.fakes.ticker import ticker  # noqa: F401 - the same
from tests.processes import own_valkey  # noqa: F401 - the same
from tests.valkey import hand, no_valkey, valkey  # noqa: F401 - the same


@pytest.fixture(scope="session", autouse=True)
def quick_settings() -> Iterator[None]:
    """Cheap password hashes, and static files without a manifest: neither is under test. A key in
    the environment is for ``tests/live`` alone, which reads it there."""
    with override_settings(
        ANTHROPIC_API_KEY="",
        ANTHROPIC_BASE_URL="",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        STORAGES=django_settings.STORAGES
        | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}},
    ):
        yield


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """Rate limits live in Valkey: each test starts with none used up."""
    yield
    cache.clear()
