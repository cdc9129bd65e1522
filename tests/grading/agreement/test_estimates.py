import io
from dataclasses import replace
from pathlib import Path

from grading.agreement.estimates import (
    Notebook,
    Progress,
    estimate_of,
    estimate_rows,
    fingerprint,
    key_of,
)
from grading.grader.verdict import Ungraded, Usage, Verdict
from tests.grading.agreement.answers import estimate, row
from tests.grading.grader.material import answered


def test_an_outcome_becomes_figures() -> None:
    verdict = Verdict(0.5, 0.8, (), "", injection_suspected=True, usage=Usage(micro_dollars=7))

    assert estimate_of(verdict, 1.5).score == 0.5
    assert (estimate_of(verdict, 1.5).flagged, estimate_of(verdict, 1.5).micro_dollars) == (True, 7)


def test_what_could_not_be_graded_has_no_score() -> None:
    found = estimate_of(Ungraded("too_long", "Shorten it."), 0.1)

    assert (found.score, found.confidence, found.reason) == (None, None, "too_long")


def test_a_notebook_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "local.jsonl"
    Notebook(path).note("a", estimate(0.5))
    Notebook(path).note("b", estimate(None))
    again = Notebook(path)

    assert (again.look_up("a"), again.look_up("b")) == (estimate(0.5), estimate(None))
    assert again.look_up("c") is None


def test_a_line_cut_short_spoils_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "local.jsonl"
    Notebook(path).note("a", estimate(0.5))
    Notebook(path).note("b", estimate(1.0))
    path.write_text(path.read_text()[:-9])
    Notebook(path).note("c", estimate(0.0))
    again = Notebook(path)

    assert [again.look_up(key) for key in "abc"] == [estimate(0.5), None, estimate(0.0)]


def test_without_a_path_nothing_is_kept() -> None:
    notebook = Notebook()
    notebook.note("a", estimate(0.5))

    assert notebook.look_up("a") == estimate(0.5)
    assert Notebook().look_up("a") is None


def test_a_key_follows_from_rubric_and_answer() -> None:
    material = answered("words")

    assert key_of(material) == key_of(answered("words"))
    assert key_of(material) != key_of(answered("other words"))
    assert key_of(material) != key_of(replace(material, criteria=material.criteria[:1]))


def test_rows_are_estimated_in_order_and_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    rows = [row(0.1), row(0.2)]
    found = estimate_rows(rows, lambda one: estimate(one.score), lambda *at: told.append(at))

    assert [one.score for one in found] == [0.1, 0.2]
    assert told == [(1, 2), (2, 2)]


def test_progress_is_plain_lines_where_nothing_can_be_redrawn() -> None:
    stream = io.StringIO()
    progress = Progress(stream, "small")
    for done in range(1, 101):
        progress(done, 100)

    lines = stream.getvalue().splitlines()
    assert (len(lines), lines[-1]) == (21, "small 100/100")


def test_progress_is_one_redrawn_line_on_a_terminal() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    progress = Progress(stream, "small")
    for done in range(1, 5):
        progress(done, 4)

    assert stream.getvalue().count("\n") == 1
    assert stream.getvalue().endswith(f"\rsmall [{'#' * 40}] 4/4\n")


def test_other_code_has_another_fingerprint(tmp_path: Path) -> None:
    file = tmp_path / "judge.py"
    file.write_text("one")
    before = fingerprint([tmp_path])

    assert fingerprint([tmp_path]) == before
    file.write_text("two")
    assert fingerprint([tmp_path]) != before
