from collections.abc import Callable

import pytest
from pytest_django.fixtures import Settings

from grading.grader.verdict import CriterionVerdict, Judgement, Mark, Span
from grading.judges.scripted import ScriptedJudge
from grading.models import Rubric
from grading.operations import running
from grading.operations.rubrics import ensure_rubric
from tests.factories import CRITERIA, REFERENCE
from tests.fakes.claude_api import ClaudeApi


def make_rubric() -> Rubric:
    return ensure_rubric(
        question="Why is attention scaled?", reference_answer=REFERENCE, criteria=CRITERIA
    )


@pytest.fixture
def rubric(db: None) -> Rubric:
    return make_rubric()


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Callable[..., ScriptedJudge]:
    """``script(turn, …)`` puts a judge in place that plays these turns."""

    def put(*turns: Judgement | Exception) -> ScriptedJudge:
        judge = ScriptedJudge(turns)
        monkeypatch.setattr(running, "make_judge", lambda *_, **__: judge)
        return judge

    return put


EVIDENCE = Span(0, 8)


def judgement(first: Mark = Mark.MET) -> Judgement:
    """A judgement on CRITERIA: the first point as given, the second missed."""
    return Judgement(
        verdicts=(
            CriterionVerdict("c1", first, (EVIDENCE,) if first != Mark.NOT_MET else ()),
            CriterionVerdict("c2", Mark.NOT_MET, ()),
            CriterionVerdict("c3", Mark.NOT_MET, ()),
        ),
        feedback="The softmax is missing.",
    )


@pytest.fixture
def claude_grades(settings: Settings, claude_api: ClaudeApi) -> ClaudeApi:
    """Claude is the judge, at the fake."""
    settings.GRADING_JUDGE = "claude"
    settings.ANTHROPIC_API_KEY = "sk-ant-secret"
    settings.ANTHROPIC_BASE_URL = claude_api.url
    settings.CLAUDE_TIMEOUT_SECONDS = 0.5
    return claude_api


@pytest.fixture
def api(claude_grades: ClaudeApi, settings: Settings) -> ClaudeApi:
    """Claude grades from now on, one reading an answer; batches end when the test says so."""
    claude_grades.clock.freeze()
    claude_grades.set(batch_hits=1.0)
    settings.CLAUDE_TIMEOUT_SECONDS = 5
    settings.CLAUDE_EXTRA_CALLS = 0
    return claude_grades
