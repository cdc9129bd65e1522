"""What the pages tell people to do can be done."""

import re
import shlex
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.urls import reverse

from interview.formats import read_text

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS = sorted(
    {
        match
        for page in PAGES
        for match in re.findall(r"\.venv/bin/python manage\.py ([^`\n]+)", page.read_text())
    }
)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_in_the_pages_takes_these_arguments(command: str) -> None:
    name, *arguments = shlex.split(command, comments=True)
    loaded = load_command_class(get_commands()[name], name)
    loaded.create_parser("manage.py", name).parse_args(arguments)


def test_every_make_target_in_the_pages_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    named = {
        name
        for page in PAGES
        for name in re.findall(r"(?:`|^)make ([a-z]+)", page.read_text(), re.MULTILINE)
    }
    assert named - targets == set()
    assert {"run", "test"} <= named


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_within_the_repository_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#\s]+)", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_format_example_for_interviewers_is_in_the_format() -> None:
    page = (ROOT / "docs" / "interviewers.md").read_text()
    example = re.search(r"```markdown\n(.*?)```", page, re.DOTALL)
    assert example is not None
    document = read_text(example[1], name="example.md")
    question = document.questions[0]
    assert (document.slug, question.key, len(question.criteria)) == ("caching", "prefix-match", 4)
    assert document.unplaced == ()


@pytest.mark.parametrize("name", ["api:answers", "api:docs", "admin:index", "healthz"])
def test_addresses_in_the_pages_are_served(name: str) -> None:
    assert any(reverse(name) in page.read_text() for page in PAGES)
