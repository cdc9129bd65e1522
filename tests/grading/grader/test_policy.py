from typing import Any

import pytest

from grading.grader.policy import Policy

POLICY = Policy(first="small", strong="big")


def test_what_is_not_changed_stays() -> None:
    changed = POLICY.changed({"extra_calls": 1, "pass_line": 0.5})
    assert changed == Policy(first="small", strong="big", extra_calls=1, pass_line=0.5)
    assert POLICY.changed({}) == POLICY


@pytest.mark.parametrize(
    "changes",
    [
        {"models": "all"},
        {"first": ""},
        {"strong": 5},
        {"first": "x" * 65},
        {"effort": "utmost"},
        {"extra_calls": 3},
        {"extra_calls": -1},
        {"extra_calls": 1.0},
        {"extra_calls": True},
        {"sure_from": 1.1},
        {"pass_line": "high"},
        {"near": None},
    ],
)
def test_what_makes_no_sense_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"policy|name of a model|one of|number"):
        POLICY.changed(changes)
