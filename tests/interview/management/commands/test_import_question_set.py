import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from interview.models import Question, QuestionSet
from tests.factories import make_team

pytestmark = pytest.mark.django_db

DOCUMENT = """# Queues

A stray remark.

## 1. What is a dead letter?

**Q: Explain it**

A: A message that could not be delivered is kept aside.

- **Cause**: it was refused too often.
- **Use**: people look at it later.

---

## Queue Interview Tips

1. **Letters** — know the dead ones
2. **Retries** — how often, how long
3. **Order** — when it matters
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "queues.md"
    file.write_text(DOCUMENT)
    return file


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("import_question_set", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_json_reports_what_was_made_and_what_found_no_place(path: Path) -> None:
    report = json.loads(run(path, "--json"))
    assert report["set"] == "queues"
    assert report["questions"] == {"created": 1, "updated": 0, "unchanged": 0}
    assert report["topics"] == 3
    assert {"line": 3, "text": "A stray remark."} in report["unplaced"]
    assert json.loads(run(path, "--json"))["questions"] == {
        "created": 0,
        "updated": 0,
        "unchanged": 1,
    }


def test_a_team_is_named_by_its_slug(path: Path) -> None:
    team = make_team("north")
    run(path, "--team", "north")
    assert QuestionSet.objects.get().team == team
    with pytest.raises(CommandError, match=r"no team 'south'. Teams: north"):
        run(path, "--team", "south")


def test_publishing_and_trying_say_so(path: Path) -> None:
    assert "A dry run: nothing was changed." in run(path, "--dry-run")
    assert Question.objects.count() == 0
    assert "Published as version 1." in run(path, "--publish")


def test_a_malformed_file_changes_nothing_and_says_where(tmp_path: Path) -> None:
    broken = tmp_path / "broken.md"
    broken.write_text(
        "---\nset: broken\ntitle: Broken\n---\n\n## Why?\n\n### Criteria\n- heavy: x\n"
    )
    with pytest.raises(CommandError, match=r"broken\.md, line 9: .*Nothing was changed\."):
        run(broken)
    assert QuestionSet.objects.count() == 0
