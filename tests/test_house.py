"""The house rules that no linter knows."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("config", "grading", "interview")
EMPTY_NAMES = {
    "utils", "helpers", "common", "services", "manager", "managers", "misc", "data",
    "engine", "orchestrator", "processor",
}  # fmt: skip
LINES_ALLOWED = 300


def kept_files() -> list[Path]:
    """What git keeps, or would keep once added."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - git from PATH, as developers run it
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


FILES = kept_files()


def test_no_file_is_longer_than_a_room_should_be() -> None:
    written = [
        path
        for path in FILES
        if path.suffix in {".py", ".html", ".js", ".css"} and "migrations" not in path.parts
    ]
    too_long = {
        str(path.relative_to(ROOT)): lines
        for path in written
        if (lines := len(path.read_text().splitlines())) > LINES_ALLOWED
    }
    assert too_long == {}


def test_no_name_that_explains_nothing() -> None:
    rooms = [path.relative_to(ROOT) for path in FILES]
    empty = [
        str(room)
        for room in rooms
        if room.parts[0] in PACKAGES
        and EMPTY_NAMES & {part.removesuffix(".py") for part in room.parts}
    ]
    assert empty == []


def test_the_messages_api_is_spoken_to_in_one_place_only() -> None:
    importing = [
        str(path.relative_to(ROOT))
        for path in FILES
        if path.suffix == ".py"
        and path.relative_to(ROOT).parts[0] in PACKAGES
        and path.relative_to(ROOT).parts[:2] != ("grading", "llm")
        and "anthropic" in imported_names(path)
    ]
    assert importing == []


def test_the_pure_grader_imports_the_standard_library_alone() -> None:
    foreign = {
        f"{path.name}: {name}"
        for path in (ROOT / "grading" / "grader").glob("*.py")
        for name in imported_names(path)
        if name not in sys.stdlib_module_names and name != "grading"
    }
    assert foreign == set()


def imported_names(path: Path) -> set[str]:
    """Top-level packages that a file imports."""
    tree = ast.parse(path.read_text())
    plain = [
        name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
    ]
    whole = [
        node.module or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and not node.level
    ]
    return {name.split(".")[0] for name in [*plain, *whole]}


def test_every_setting_is_documented() -> None:
    source = (ROOT / "config" / "environment.py").read_text()
    names = set(re.findall(r'"((?:VIVA_|DATABASE_|REDIS_|ANTHROPIC_)\w+)"', source))
    page = (ROOT / "docs" / "operators.md").read_text()
    assert {name for name in names if f"`{name}`" not in page} == set()


def test_every_command_is_documented() -> None:
    commands = {
        path.stem
        for package in PACKAGES
        for path in (ROOT / package).glob("management/commands/[a-z]*.py")
    }
    pages = "".join(path.read_text() for path in (ROOT / "docs").glob("*.md"))
    assert {name for name in commands if f"manage.py {name}" not in pages} == set()


def test_every_lint_waiver_gives_its_reason() -> None:
    waiver = re.compile(r"#\s*(noqa|type:\s*ignore)")
    spoken = re.compile(r"#\s*noqa: [A-Z0-9, ]+ - \S|#\s*type: ignore\[[\w, -]+\]\s+# \S")
    silent = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in FILES
        if path.suffix == ".py" and path != Path(__file__)
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if waiver.search(line) and not spoken.search(line)
    ]
    assert silent == []


@pytest.mark.parametrize(
    "pattern", [r"style=\"", r"<style", r"onclick=", r"https?://(?!www\.w3\.org)"]
)
def test_templates_hold_no_inline_style_script_or_other_host(pattern: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in FILES
        if path.suffix == ".html"
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if re.search(pattern, line)
    ]
    assert found == []


def test_what_is_kept_names_no_path_of_one_machine() -> None:
    places = re.compile(r"(?<![\w.])/(?:work|farm|root)/")
    found = [
        str(path.relative_to(ROOT))
        for path in FILES
        if path.suffix in {".py", ".md", ".html", ".toml", ".in", ".lock", ".yml", ".css", ".js"}
        and path != Path(__file__)
        and places.search(path.read_text())
    ]
    assert found == []
