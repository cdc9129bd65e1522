import pytest

from grading.grader.verdict import Judgement
from grading.judges.base import RetryLater, Unjudgeable
from grading.judges.scripted import ScriptedJudge
from tests.grading.grader.material import answered


def test_the_script_is_played_in_order_and_then_refused() -> None:
    first, last = Judgement((), "one"), Judgement((), "three")
    judge = ScriptedJudge([first, RetryLater("busy", wait_seconds=2), last])
    material = answered("x")

    assert judge.judge(material) is first
    with pytest.raises(RetryLater, match="busy"):
        judge.judge(material)
    assert judge.judge(material) is last
    with pytest.raises(Unjudgeable, match="no more turns"):
        judge.judge(material)
    assert judge.asked == [material] * 4
