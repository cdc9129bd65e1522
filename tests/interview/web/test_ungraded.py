import pytest

from grading.llm import failures
from grading.models import Grade
from grading.operations.backoff import TRIED_ENOUGH
from interview.web.ungraded import UNKNOWN, why_ungraded

FINAL = (failures.BadRequest, failures.TooLarge, failures.Unprocessable)


@pytest.mark.parametrize(
    "reason",
    ["refused", "truncated", "reply_cut", "judge_failed", TRIED_ENOUGH]
    + [failure.code for failure in FINAL],
)
def test_every_reason_that_claude_gives_is_told_in_words_with_a_way_on(reason: str) -> None:
    why = why_ungraded(Grade(state=Grade.State.UNGRADED, reason=reason), team=None)
    assert why is not None
    assert why.reason != UNKNOWN
    assert why.way_on == "You can try again."
