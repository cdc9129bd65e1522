"""Measuring Claude through batches, over HTTP with the real SDK."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from grading.grader.material import Material
from grading.models import Account, BatchRun, Embedding, Grade, ModelCall, Rubric, Submission
from grading.operations.batches import RegradeError, advance, start_run
from grading.operations.budget import set_cap
from grading.operations.measuring import Examiner, draft_material
from grading.operations.rubrics import ensure_rubric
from tests.fakes.claude_api import ClaudeApi
from tests.grading.operations.regrading import pass_time, sent

pytestmark = pytest.mark.django_db

REFERENCE = "The water evaporates in the sun, and the salt crystals stay behind in the dish."
ANSWERS = (
    "The water evaporates in the sun, and the salt crystals stay behind in the dish.",
    "Some magnets attract each other, and others do not, as far as anybody has seen.",
)


def materials(question: str = "How is salt separated from water?") -> list[Material]:
    return [draft_material(question, REFERENCE, answer) for answer in ANSWERS]


def examiner(api: ClaudeApi, folder: Path | None = None) -> Examiner:
    """It lets time pass at the API instead of waiting."""

    def wait(_seconds: float) -> None:
        pass_time(api)

    return Examiner(judge="claude", folder=folder, wait=wait)


def judge(examiner: Examiner, *asked: Material) -> list[str]:
    """The states that were shown."""
    shown: list[str] = []
    examiner.judge_together(asked, lambda run: shown.append(run.state))
    return shown


def test_answers_are_judged_in_one_batch_by_question_at_half_price(api: ClaudeApi) -> None:
    graded = examiner(api)
    other = materials("Where does salt come from?")
    asked = [*materials(), *other]
    shown = judge(graded, asked[0], asked[2], asked[1], asked[3])
    assert shown == ["sent", "done"]
    requests = sent(api)
    questions = [row.body["system"][1]["text"] for row in requests]
    assert (len(requests), questions) == (4, sorted(questions, key=questions.index))
    found = [graded.estimate(material) for material in asked]
    assert [one.score for one in found] == [1.0, 0.0, 1.0, 0.0]
    assert {(one.batched, one.seconds) for one in found} == {(True, 0.0)}
    lines = ModelCall.objects.all()
    assert {line.batched for line in lines} == {True}
    assert sum(one.micro_dollars for one in found) == sum(line.micro_dollars or 0 for line in lines)
    assert Account.objects.get(key="calibration").spent == sum(one.micro_dollars for one in found)


def test_nothing_is_stored_of_it_in_the_end_but_its_lines_in_the_ledger(api: ClaudeApi) -> None:
    kept = ensure_rubric(question="Its own", reference_answer=REFERENCE, criteria=())
    judge(examiner(api), *materials())
    assert [Submission.objects.count(), Grade.objects.count(), BatchRun.objects.count()] == [
        0,
        0,
        0,
    ]
    assert (list(Rubric.objects.all()), Embedding.objects.count()) == ([kept], 0)
    assert ModelCall.objects.count() == 2


def test_a_stopped_measurement_goes_on_with_the_batch_that_is_out(
    api: ClaudeApi, tmp_path: Path
) -> None:
    def stop(_seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judge(Examiner(judge="claude", folder=tmp_path, wait=stop), *materials())
    run = BatchRun.objects.get()
    again = examiner(api, tmp_path)
    advance(run_id=run.pk, now=pass_time(api))  # as a worker does meanwhile
    judge(again, *materials())
    assert len(sent(api)) == 2
    assert [again.estimate(material).score for material in materials()] == [1.0, 0.0]
    later = examiner(api, tmp_path)
    assert judge(later, *materials()) == []
    assert later.estimate(materials()[0]).batched


def test_what_the_gates_decide_is_not_sent(api: ClaudeApi) -> None:
    graded = examiner(api)
    blank = draft_material("How?", REFERENCE, "")
    judge(graded, blank)
    assert sent(api) == []
    found = graded.estimate(blank)
    assert (found.score, found.reason, found.micro_dollars) == (0.0, "blank", 0)


def test_claude_is_measured_where_the_local_judge_is_set(
    api: ClaudeApi, settings: Settings
) -> None:
    settings.GRADING_JUDGE = "local"
    graded = examiner(api)
    judge(graded, *materials())
    assert len(sent(api)) == 2
    assert graded.estimate(materials()[0]).batched


def test_the_budget_of_calibration_holds(api: ClaudeApi) -> None:
    set_cap(keys=("calibration",), cap=1, period=Account.Period.TOTAL)

    def stop(_seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judge(Examiner(judge="claude", wait=stop), *materials())
    assert BatchRun.objects.get().detail == "The budget of calibration is used up."
    assert sent(api) == []


def test_a_server_without_batches_is_asked_one_by_one(api: ClaudeApi, settings: Settings) -> None:
    settings.CLAUDE_WITHOUT = ["batches"]
    graded = examiner(api)
    assert judge(graded, *materials()) == []
    assert not graded.estimate(materials()[0]).batched
    assert Account.objects.get(key="calibration").spent > 0


def test_who_finds_the_run_put_away_says_so(api: ClaudeApi) -> None:
    def put_away(_seconds: float) -> None:
        BatchRun.objects.all().delete()

    with pytest.raises(RegradeError, match="Another process did the same"):
        judge(Examiner(judge="claude", wait=put_away), *materials())


def test_one_run_a_label_begins(api: ClaudeApi) -> None:
    now = pass_time(api)
    under_way = BatchRun.objects.create(label="calibration:1", created_at=now, due_at=now)
    with pytest.raises(RegradeError, match="already"):
        start_run(label=under_way.label, grades=Grade.objects.all())
