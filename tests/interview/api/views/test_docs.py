import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from tests.interview.api.callers import API


@cache
def operations() -> dict[str, Any]:
    paths = Client().get(f"{API}/schema/").json()["paths"]
    return {
        f"{method} {path}": operation
        for path, methods in paths.items()
        for method, operation in methods.items()
    }


def test_schema_is_valid_and_raises_no_warning(tmp_path: Path) -> None:
    target = tmp_path / "schema.yml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(target))
    assert "openapi: 3" in target.read_text()


def test_every_operation_has_a_summary_and_tells_its_problems() -> None:
    assert len(operations()) == 19
    for name, operation in operations().items():
        assert operation["summary"], name
        for status in {"401", "403"} | ({"404"} if "{" in name else set()):
            content = operation["responses"][status]["content"]
            assert list(content) == ["application/problem+json"], name


def test_every_operation_takes_a_token() -> None:
    assert all({"token": []} in operation["security"] for operation in operations().values())


@pytest.mark.parametrize("part", ["", "?script="])
def test_documentation_names_no_other_host(part: str) -> None:
    page = Client().get(f"{API}/docs/{part}").content.decode()
    assert "http://" not in page
    assert "https://" not in page


def test_documentation_has_nothing_inline() -> None:
    response = Client().get(f"{API}/docs/")
    page = response.content.decode()
    assert "unsafe" not in response["Content-Security-Policy"]
    assert "<style" not in page
    assert "style=" not in page
    assert re.findall(r"<script(?![^>]* src=)", page) == []
