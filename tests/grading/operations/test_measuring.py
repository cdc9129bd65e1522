from collections.abc import Sequence
from pathlib import Path

import pytest

from grading.agreement.datasets import Row
from grading.grader.material import Kind
from grading.grader.verdict import CriterionVerdict, Judgement, Mark, Span
from grading.judges.base import JudgeUnavailable, RetryLater, Unjudgeable
from grading.judges.scripted import ScriptedJudge
from grading.operations import measuring
from grading.operations.drafts import draft_criteria
from grading.operations.measuring import (
    ATTEMPTS,
    VECTORS,
    Examiner,
    RecentEmbedder,
    draft_material,
    with_criteria,
)
from tests.grading.grader.material import answered

QUESTION = "How is salt separated from water?"
REFERENCE = "The water evaporates in the sun, and the salt crystals stay behind in the dish."
MET = Judgement((CriterionVerdict("c1", Mark.MET, (Span(0, 10),)),), "")
MISSED = Judgement((CriterionVerdict("c1", Mark.NOT_MET, ()),), "")


def row(*references: str) -> Row:
    return Row(2, "1", QUESTION, references, "Evaporation leaves it behind.", 1.0, None, "")


def examiner(
    monkeypatch: pytest.MonkeyPatch,
    script: list[Judgement | Exception],
    *,
    waits: list[float] | None = None,
    folder: Path | None = None,
) -> Examiner:
    monkeypatch.setattr(measuring, "make_judge", lambda *_, **__: ScriptedJudge(script))
    return Examiner(folder=folder, wait=([] if waits is None else waits).append)


def test_the_rubric_is_the_one_an_import_would_draft() -> None:
    material = draft_material(QUESTION, REFERENCE, "words")
    drafted = draft_criteria(question=QUESTION, reference_answer=REFERENCE)

    assert [(c.id, c.text, c.weight) for c in material.criteria] == [
        (f"c{place}", line.text, line.weight) for place, line in enumerate(drafted, start=1)
    ]
    assert {c.kind for c in material.criteria} == {Kind.REQUIRED}
    assert (material.question, material.answer) == (QUESTION, "words")


def test_the_best_of_several_references_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    graded = examiner(monkeypatch, [MISSED, MET])
    found = graded.estimate_row(row(REFERENCE, "Evaporation leaves the salt behind."))

    assert found.score == 1.0


def test_one_reference_that_cannot_be_graded_against_costs_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    graded = examiner(monkeypatch, [Unjudgeable("refused", reason="refused"), MISSED])
    found = graded.estimate_row(row(REFERENCE, "Evaporation leaves the salt behind."))

    assert (found.score, found.reason) == (0.0, "")


def test_what_no_judge_can_judge_has_no_score(monkeypatch: pytest.MonkeyPatch) -> None:
    found = examiner(monkeypatch, [Unjudgeable("no", reason="refused")]).estimate_row(
        row(REFERENCE)
    )

    assert (found.score, found.reason) == (None, "refused")


def test_it_waits_as_long_as_the_judge_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    busy = RetryLater("busy", wait_seconds=30)
    found = examiner(monkeypatch, [busy, busy, MET], waits=waits).estimate_row(row(REFERENCE))

    assert (found.score, waits) == (1.0, [30, 30])


def test_it_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    busy = RetryLater("busy", wait_seconds=30)
    graded = examiner(monkeypatch, [busy] * ATTEMPTS, waits=waits)

    with pytest.raises(RetryLater):
        graded.estimate_row(row(REFERENCE))
    assert len(waits) == ATTEMPTS - 1


def test_no_answer_is_graded_twice_not_even_after_a_stop(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stopped = examiner(monkeypatch, [MET, JudgeUnavailable("no key")], folder=tmp_path)
    first = stopped.estimate(draft_material(QUESTION, REFERENCE, "Evaporation leaves it."))
    with pytest.raises(JudgeUnavailable):
        stopped.estimate(draft_material(QUESTION, REFERENCE, "It is filtered."))

    again = examiner(monkeypatch, [MISSED], folder=tmp_path)
    assert again.estimate(draft_material(QUESTION, REFERENCE, "Evaporation leaves it.")) == first
    assert again.estimate(draft_material(QUESTION, REFERENCE, "It is filtered.")).score == 0.0


def test_estimates_are_kept_by_judge_and_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    graded = examiner(monkeypatch, [MET], folder=tmp_path)
    graded.estimate_row(row(REFERENCE))

    assert graded.mark.startswith("scripted-scripted-scripted-1-")
    assert [path.name for path in tmp_path.iterdir()] == [f"{graded.mark}.jsonl"]


def test_an_unknown_judge_is_told() -> None:
    with pytest.raises(ValueError, match="no judge called 'nobody'"):
        Examiner(judge="nobody")


def test_criteria_are_drafted_only_where_there_are_none() -> None:
    bare = draft_material(QUESTION, REFERENCE, "")

    assert with_criteria(answered("")) == answered("")
    assert with_criteria(type(bare)(QUESTION, REFERENCE, (), "")) == bare


class CountingEmbedder:
    name = "counting"
    dimensions = 1

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.asked += texts
        return [[float(text)] for text in texts]


def test_the_latest_texts_are_read_once() -> None:
    inner = CountingEmbedder()
    embedder = RecentEmbedder(inner)

    assert embedder.embed(["1", "2", "1"]) == [[1.0], [2.0], [1.0]]
    assert embedder.embed(["2", "3"]) == [[2.0], [3.0]]
    assert inner.asked == ["1", "2", "3"]


def test_older_texts_make_room() -> None:
    inner = CountingEmbedder()
    embedder = RecentEmbedder(inner)
    embedder.embed(["-1", "-2"])
    embedder.embed([str(number) for number in range(VECTORS - 2)])
    embedder.embed(["-1", "999999"])
    inner.asked.clear()
    embedder.embed(["-1"])
    assert inner.asked == []
    embedder.embed(["-2"])
    assert inner.asked == ["-2"]
