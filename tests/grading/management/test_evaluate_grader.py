import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from grading.models import ModelCall
from tests.fakes.claude_api import ClaudeApi
from tests.grading.agreement.answers import HEADER

QUESTION = "How can salt be separated from water?"
REFERENCE = "The water evaporates in the sun, and the salt crystals stay behind in the dish."
LINES = [
    f'salt,{QUESTION},"{REFERENCE}",{answer},{score},{first},{second},'
    for answer, score, first, second in (
        ("The water evaporates in the sun and salt crystals stay in the dish.", 1, 1, 1),
        ("Water evaporates and leaves the salt.", 1, 0.9, 1),
        ("I like turtles and ice cream a lot.", 0, 0, 0),
        ("I don't know.", 0, 0, 0),
        ("", 0, 0, 0),
    )
] + [
    f'pole,Which magnets attract?,"Opposite poles attract, like poles repel.",{answer},{score},,,'
    for answer, score in (("Opposite poles attract and like poles repel.", 1), ("Wood does.", 0))
]


@pytest.fixture(autouse=True)
def own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.MEASUREMENTS = tmp_path / "measurements"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "small.csv"
    path.write_text("\n".join([HEADER, *LINES]) + "\n", encoding="utf-8")
    return path


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, object]:
    call_command("evaluate_grader", *map(str, arguments), "--json")
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_the_local_judge_is_measured(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures = told(capsys, data, "--judge", "local")

    assert (figures["judge"], figures["n"], figures["questions"]) == ("local", 7, 2)
    assert figures["ungraded"] == 0
    assert isinstance(figures["r"], float)
    assert figures["r"] > 0.7
    assert figures["human"] is not None
    assert figures["human"]["graded"] == 5  # type: ignore[index]  # nested deeper than told


def test_a_second_run_grades_nothing_again(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    once = told(capsys, data)

    def refuse(*_: object) -> None:
        raise AssertionError("graded again")

    monkeypatch.setattr("grading.operations.measuring.grade", refuse)
    assert told(capsys, data) == once


def test_a_sample_is_drawn_from_every_question(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = told(capsys, data, "--sample", 4)

    assert (figures["n"], figures["questions"]) == (4, 2)


def test_a_folder_is_measured_set_by_set(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data.parent / "other.csv").write_bytes(data.read_bytes())
    figures = told(capsys, data.parent)

    assert list(figures["by_dataset"]) == ["other", "small"]  # type: ignore[call-overload]  # JSON knows no types
    assert figures["mean"]["r"] == figures["by_dataset"]["small"]["r"]  # type: ignore[index]  # the same


def test_progress_goes_to_standard_error_and_figures_to_people(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("evaluate_grader", str(data))
    out, err = capsys.readouterr()

    assert err.splitlines()[-1] == "small 7/7"
    assert [line.split()[0] for line in out.splitlines()] == [
        "n", "small", "r", "middle", "sure", "doubtful", "two",
    ]  # fmt: skip


def test_the_report_is_one_page(data: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    call_command("evaluate_grader", str(data), "--report", str(page))

    assert page.read_text(encoding="utf-8").count("<svg") == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["absent.csv"], "absent.csv cannot be read"),
        (["--judge", "nobody"], "no judge called 'nobody'"),
        (["--sample", "0"], "one answer or more"),
    ],
)
def test_what_cannot_be_measured_is_told(data: Path, arguments: list[str], message: str) -> None:
    file = [] if arguments[0].endswith(".csv") else [str(data)]

    with pytest.raises(CommandError, match=message):
        call_command("evaluate_grader", *file, *arguments)


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="holds no CSV files"):
        call_command("evaluate_grader", str(tmp_path))


@pytest.mark.django_db
def test_claude_is_measured_in_batches_and_the_figures_say_so(
    data: Path, capsys: pytest.CaptureFixture[str], settings: Settings, claude_api: ClaudeApi
) -> None:
    settings.ANTHROPIC_API_KEY = "sk-ant-test"
    settings.ANTHROPIC_BASE_URL = claude_api.url
    settings.CLAUDE_EXTRA_CALLS = 0
    claude_api.set(batch_seconds=0)
    figures = told(capsys, data, "--judge", "claude")
    assert (figures["judge"], figures["n"], figures["batched"]) == ("claude", 7, 7)
    assert figures["latency"] == {"mean": None, "p95": None}
    assert {line.batched for line in ModelCall.objects.all()} == {True}
    call_command("evaluate_grader", str(data), "--judge", "claude")
    assert "7 batched at half price, latency unknown" in capsys.readouterr().out
