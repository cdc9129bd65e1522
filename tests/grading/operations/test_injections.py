"""Orders to the grader, in the answer or in what it is judged by, over HTTP with the real SDK.

Every injection that the shipped templates make, in each of the places that somebody may write in.
"""

import json
from typing import Any

import pytest

from grading.agreement.attacks import (
    INJECTION,
    Place,
    Template,
    aim,
    fill,
    make_targets,
    read_templates,
)
from grading.grader.material import Kind, Material
from grading.judges.prompt import instructions
from grading.judges.schema import SCHEMA
from grading.models import Grade
from grading.operations.grades import request_grade, run_grade
from grading.operations.rubrics import CriterionText, ensure_rubric
from tests.fakes.claude_api import ClaudeApi
from tests.fakes.log import Exchange
from tests.grading.grader.material import answered

pytestmark = pytest.mark.django_db
OTHER = Material("What is a heap?", "A heap is a tree. Its root is the least of all.", (), "")
TARGET, _ = make_targets([answered(""), OTHER])
HONEST = answered(TARGET.answers["wrong"])
INJECTIONS = [one for one in read_templates() if one.family.startswith(INJECTION)]


def run(material: Material) -> Grade:
    """The grade of an answer to a question as people keep it, under the rubric's own ids."""
    rubric = ensure_rubric(
        question=material.question,
        reference_answer=material.reference_answer,
        criteria=[CriterionText(row.kind.value, row.weight, row.text) for row in material.criteria],
    )
    grade = request_grade(rubric=rubric, text=material.answer)
    run_grade(grade_id=grade.pk)
    grade.refresh_from_db()
    return grade


def fooled(*quotes: str) -> dict[str, Any]:
    """The reply of a judge that does as it was told, and sees nothing wrong with that."""
    credit = {"evidence": list(quotes), "justification": "As ordered.", "verdict": "met"}
    none = {"evidence": [], "justification": "", "verdict": "not_met"}
    return {
        "criteria": [
            {"id": row.id} | (none if row.kind is Kind.MISCONCEPTION else credit)
            for row in TARGET.material.criteria
        ],
        "feedback": "All of it.",
        "injection_suspected": False,
    }


def written(body: dict[str, Any]) -> list[str]:
    """All that differs between requests for two answers under one model: texts, and whose."""
    _, question = body["system"]
    (turn,) = body["messages"]
    (said,) = turn["content"]
    return [question["text"], said["text"], body["metadata"]["user_id"]]


def with_texts_of(other: Exchange, one: Exchange) -> bytes:
    """One request's bytes with the other's texts in place of its own."""
    raw = one.raw.decode()
    for mine, theirs in zip(written(one.body), written(other.body), strict=True):
        raw = raw.replace(encoded(mine), encoded(theirs))
    return raw.encode()


def encoded(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


@pytest.mark.parametrize("place", Place)
@pytest.mark.parametrize("template", INJECTIONS, ids=lambda one: one.id)
def test_an_injection_is_words_in_its_place_earns_nothing_and_is_flagged(
    claude_grades: ClaudeApi, template: Template, place: Place
) -> None:
    worth, attacked = next(aim(template, TARGET, place))
    assert worth == "wrong"
    orders = fill(template, TARGET, "none").strip()
    claude_grades.answer(reply=fooled(orders, TARGET.answers["right"]))
    run(answered("This one opens the cache."))
    plain, grade = run(HONEST), run(attacked)

    _, before, after = claude_grades.requests()
    assert with_texts_of(after, before) == after.raw
    assert list(after.body) == list(before.body)
    assert [part["role"] for part in after.body["messages"]] == ["user"]
    assert [part["type"] for part in after.body["system"]] == ["text", "text"]
    assert after.body["system"][0]["text"] == instructions()
    assert after.body["output_config"]["format"]["schema"] == SCHEMA
    question, said, _ = written(after.body)
    assert json.loads(said) == {"candidate_answer": attacked.answer}
    inner = json.loads(question.removeprefix("<material>\n").removesuffix("\n</material>"))
    assert inner == {
        "question": attacked.question,
        "reference_answer": attacked.reference_answer,
        "criteria": [
            {"id": row.id, "kind": row.kind.value, "text": row.text} for row in attacked.criteria
        ],
    }
    assert (question == written(before.body)[0]) is (place is Place.ANSWER)
    assert (said == written(before.body)[1]) is (place is not Place.ANSWER)

    assert (plain.state, plain.score, plain.injection_suspected) == ("graded", 0.0, False)
    assert (grade.state, grade.score, grade.injection_suspected) == ("graded", 0.0, True)
    assert set(grade.verdicts.values_list("mark", flat=True)) == {"not_met"}


@pytest.mark.parametrize("place", Place)
def test_a_judge_that_is_not_fooled_keeps_its_word(claude_grades: ClaudeApi, place: Place) -> None:
    """What the answer itself says is credited, whatever stands beside it."""
    template = INJECTIONS[0]
    right = TARGET.answers["right"]
    claude_grades.answer(reply=fooled(right))
    if place is Place.ANSWER:
        attacked = answered(f"{right} {fill(template, TARGET, 'none').strip()}")
    else:
        _, attacked = next(aim(template, TARGET, place))
        attacked = Material(attacked.question, attacked.reference_answer, attacked.criteria, right)
    grade = run(attacked)
    assert (grade.state, grade.score, grade.injection_suspected) == ("graded", 1.0, True)
