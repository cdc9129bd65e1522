"""The judge against the real API. Runs where ANTHROPIC_API_KEY is set, and costs a little."""

import os

import pytest

from grading.grader.following import Missed
from grading.grader.verdict import Mark
from grading.judges.claude import ClaudeJudge, Models
from grading.judges.following import follow_up_request, read_follow_up
from grading.judges.hooks import Hooks
from grading.llm.calls import CallRecord
from grading.llm.client import Access, Client
from tests.grading.grader.material import CRITERIA, REFERENCE, answered

KEY = os.environ.get("ANTHROPIC_API_KEY", "")
MODELS = ("claude-haiku-5-5", "claude-sonnet-5-5")

pytestmark = pytest.mark.skipif(not KEY, reason="needs ANTHROPIC_API_KEY")


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("streamed", [False, True])
def test_each_model_takes_what_it_is_sent_and_judges(model: str, streamed: bool) -> None:
    calls: list[CallRecord] = []
    client = Client(Access(KEY, os.environ.get("ANTHROPIC_BASE_URL", "")))
    hooks = Hooks(record=calls.append, on_start=(lambda: None) if streamed else None)
    judge = ClaudeJudge(client, Models(model, model), hooks, user_id="live-test")
    judgement = judge.judge(answered(REFERENCE))
    assert [verdict.mark for verdict in judgement.verdicts[:2]] == [Mark.MET, Mark.MET]
    assert judgement.verdicts[3].mark is Mark.NOT_MET
    assert all(verdict.evidence for verdict in judgement.verdicts[:2])
    assert (calls[-1].stop_reason, calls[-1].micro_dollars is not None) == ("end_turn", True)
    assert calls[-1].tokens.cache_write_1h + calls[-1].tokens.cache_read > 0


@pytest.mark.parametrize("model", MODELS)
def test_each_model_writes_a_follow_up_that_keeps_the_point_to_itself(model: str) -> None:
    client = Client(Access(KEY, os.environ.get("ANTHROPIC_BASE_URL", "")))
    missed = Missed(answered("Scores of longer vectors grow."), CRITERIA[1], Mark.NOT_MET)
    request = follow_up_request(missed, model=model, effort="medium", spell_out_schema=False)
    assert read_follow_up(client.send(request), missed)
