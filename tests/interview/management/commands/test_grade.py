import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from grading.models import Embedding, Grade, Submission
from interview.models import QuestionSetVersion
from tests.factories import REFERENCE, make_published_set
from tests.fakes.claude_api import ClaudeApi

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> QuestionSetVersion:
    return make_published_set(slug="attention", questions=2)


def run(*arguments: object) -> str:
    out = StringIO()
    call_command("grade", *map(str, arguments), stdout=out)
    return out.getvalue()


def graded(tmp_path: Path, answer: str, *arguments: object) -> dict[str, object]:
    file = tmp_path / "answer.txt"
    file.write_text(answer)
    report: dict[str, object] = json.loads(
        run("--set", "attention", "--position", 2, "--answer", file, "--json", *arguments)
    )
    return report


def test_the_reference_earns_its_points_with_evidence_and_nothing_is_stored(
    version: QuestionSetVersion, tmp_path: Path
) -> None:
    report = graded(tmp_path, REFERENCE, "--judge", "local")
    assert (report["state"], report["judge"], report["reason"]) == ("graded", "local", "")
    assert isinstance(report["score"], float)
    assert report["score"] >= 0.95
    criteria = report["criteria"]
    assert isinstance(criteria, list)
    assert [row["id"] for row in criteria] == ["c1", "c2", "c3"]
    assert [row["verdict"] for row in criteria] == ["met", "met", "not_met"]
    span = criteria[1]["evidence"][0]
    assert span["quote"] == REFERENCE[span["start"] : span["end"]]
    counts = [model.objects.count() for model in (Submission, Grade, Embedding)]
    assert counts == [0, 0, 0]


@pytest.mark.parametrize(("answer", "reason"), [("", "blank"), ("I don't know", "dont_know")])
def test_an_empty_hand_scores_zero_and_says_why(
    version: QuestionSetVersion, tmp_path: Path, answer: str, reason: str
) -> None:
    report = graded(tmp_path, answer)
    assert (report["state"], report["score"], report["reason"]) == ("graded", 0.0, reason)


def test_what_cannot_be_graded_has_no_score(version: QuestionSetVersion, tmp_path: Path) -> None:
    report = graded(tmp_path, "word " * 5000)
    assert (report["state"], report["score"], report["reason"]) == ("ungraded", None, "too_long")


def test_a_question_from_a_file_needs_no_set(tmp_path: Path) -> None:
    question = tmp_path / "question.md"
    question.write_text(
        "---\nset: one\ntitle: One\n---\n\n## Why?\n\n### Reference answer\nBecause rain falls.\n\n"
        "### Criteria\n- 1: Rain falls.\n"
    )
    answer = tmp_path / "answer.txt"
    answer.write_text("Because the rain falls.")
    assert "met" in run("--question", question, "--answer", answer)


def test_what_is_not_there_is_named(version: QuestionSetVersion, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="attention has questions 1 to 2, not 2000"):
        run("--set", "attention", "--position", 2000, "--answer", __file__)
    with pytest.raises(CommandError, match="no published set 'nothing'"):
        run("--set", "nothing", "--answer", __file__)
    with pytest.raises(CommandError, match="no judge called 'oracle'"):
        run("--set", "attention", "--answer", __file__, "--judge", "oracle")


def test_a_judge_that_cannot_be_asked_is_told_in_one_sentence(
    version: QuestionSetVersion, tmp_path: Path, settings: Settings, claude_api: ClaudeApi
) -> None:
    settings.ANTHROPIC_API_KEY = "key"
    settings.ANTHROPIC_BASE_URL = claude_api.url
    claude_api.script("unauthorized")
    with pytest.raises(CommandError, match="The API key was refused"):
        graded(tmp_path, REFERENCE, "--judge", "claude")
