import json
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from grading.models import Account, ModelCall
from grading.operations.budget import set_cap
from grading.operations.drafts import (
    BY_CLAUDE,
    BY_STRUCTURE,
    FELL_BACK,
    Draft,
    draft_criteria,
    draft_for_editor,
)
from tests.factories import REFERENCE
from tests.fakes.claude_api import ClaudeApi
from tests.fakes.faults import Fault

pytestmark = pytest.mark.django_db
QUESTION = "Why is attention scaled?"
REPLY: dict[str, Any] = {
    "criteria": [{"text": "Dot products grow.", "kind": "required", "weight": 3}],
    "misconceptions": [{"text": "It is cheaper.", "weight": 1}],
}


def draft(accounts: tuple[str, ...] = ()) -> Draft:
    return draft_for_editor(question=QUESTION, reference_answer=REFERENCE, accounts=accounts)


def test_claude_drafts_criteria_and_misconceptions(claude_grades: ClaudeApi) -> None:
    claude_grades.answer(reply=REPLY)
    found = draft(("team:1",))
    assert found.told == BY_CLAUDE
    assert [(row.kind, int(row.weight), row.text) for row in found.criteria] == [
        ("required", 3, "Dot products grow."),
        ("misconception", 1, "It is cheaper."),
    ]
    line = ModelCall.objects.get()
    assert (line.prompt_version, line.stop_reason, line.grade) == ("draft-1", "end_turn", None)
    assert Account.objects.get().spent == line.micro_dollars
    assert line.request_id
    system = claude_grades.requests()[0].body["system"]
    assert [block.get("cache_control") for block in system] == [None]


def test_the_fake_takes_our_request_and_drafts_from_the_reference(claude_grades: ClaudeApi) -> None:
    found = draft()
    first, second = REFERENCE.replace(". ", ".|").split("|")
    assert found.told == BY_CLAUDE
    assert [(row.kind, int(row.weight), row.text) for row in found.criteria] == [
        ("required", 2, first),
        ("required", 1, second),
        ("misconception", 1, f"It is not so: {first}"),
    ]


def test_a_draft_among_words_is_read_where_no_format_is_taken(
    claude_grades: ClaudeApi, settings: Settings
) -> None:
    said = Fault(text=f"<think>Well.</think>Here it is:\n{json.dumps(REPLY)}", times=2)
    claude_grades.script(said)
    assert draft().told == FELL_BACK
    settings.CLAUDE_WITHOUT = ["format"]
    assert draft().told == BY_CLAUDE
    formats = ["format" in row.body["output_config"] for row in claude_grades.requests()]
    assert formats == [True, False]


@pytest.mark.parametrize("fault", ["overloaded", {"status": 400}, {"stop": "refusal"}])
def test_without_a_usable_reply_the_structure_is_drafted_from_and_it_says_so(
    claude_grades: ClaudeApi, fault: Any
) -> None:
    claude_grades.script(fault)
    local = draft_criteria(question=QUESTION, reference_answer=REFERENCE)
    assert draft() == Draft(local, FELL_BACK)
    assert ModelCall.objects.count() == 1


def test_a_budget_that_is_used_up_stops_the_call(claude_grades: ClaudeApi) -> None:
    set_cap(keys=["team:1"], cap=1, period=Account.Period.TOTAL)
    assert draft(("team:1",)).told == FELL_BACK
    assert claude_grades.requests() == []


def test_the_local_judges_house_drafts_from_the_structure() -> None:
    found = draft()
    assert found.told == BY_STRUCTURE
    assert len(found.criteria) == 2


def test_without_a_reference_there_is_nothing_to_draft_from(claude_grades: ClaudeApi) -> None:
    assert draft_for_editor(question=QUESTION, reference_answer=" ") == Draft((), "")
    assert claude_grades.requests() == []
