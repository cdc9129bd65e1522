import json
from pathlib import Path

import pytest

from grading.agreement.attacks import (
    AttackError,
    Template,
    fill,
    make_targets,
    read_questions,
    read_templates,
)
from grading.grader.injection import suspicious_spans
from grading.grader.material import Kind, Material
from tests.grading.grader.material import CRITERIA, QUESTION, REFERENCE, answered

OTHER = Material("What is a heap?", "A heap is a tree.\n\n- Its root can hold 12 items.", (), "")
TARGET, OTHER_TARGET = make_targets([answered(""), OTHER])


def written(folder: Path, *rows: object) -> Path:
    path = folder / "attacks.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def one(template: str, base: str = "NONE") -> dict[str, str]:
    return {"id": "a", "family": "f", "template": template, "base": base}


def test_our_templates_can_be_read_and_have_names_of_their_own() -> None:
    templates = read_templates()

    assert len({template.id for template in templates}) == len(templates) > 20
    assert {template.base for template in templates} == {"WRONG", "GOOD", "REF", "NONE"}


def test_every_injection_of_ours_is_flagged_and_nothing_else_is() -> None:
    flags = {
        template.id: bool(suspicious_spans(fill(template, TARGET, "wrong")))
        for template in read_templates()
    }
    injections = {t.id for t in read_templates() if t.family.startswith("pi_")}

    assert {name for name, flagged in flags.items() if flagged} == injections


def test_placeholders_are_filled_from_question_reference_and_answer() -> None:
    def filled(text: str, worth: str = "none") -> str:
        return fill(Template("a", "f", text, "NONE"), OTHER_TARGET, worth)

    assert filled("[{Q}]") == "[What is a heap?]"
    assert filled("[{REF}]") == "[A heap is a tree. Its root can hold 12 items.]"
    assert filled("[{NEGREF}]") == "[A heap is not a tree. Its root can not hold 12 items.]"
    assert filled("[{RENUMBERED}]") == "[A heap is a tree. Its root can hold 121 items.]"
    assert filled("[{WRONG}]", "borderline") == "[A heap is a tree.]"
    assert filled("[{OTHER}]").startswith("[Dot products of longer vectors")


def test_answers_of_known_worth_come_from_the_references() -> None:
    assert OTHER_TARGET.answers["right"] == "A heap is a tree. Its root can hold 12 items."
    assert OTHER_TARGET.answers["borderline"] == "A heap is a tree."
    assert TARGET.answers["wrong"] == OTHER_TARGET.answers["borderline"]
    assert TARGET.answers["misled"] == CRITERIA[3].text
    assert OTHER_TARGET.answers["misled"] == ""


def test_a_described_change_is_carried_out(tmp_path: Path) -> None:
    described = one("{REF} with every number changed (n -> n+1)", "REF")
    (template,) = read_templates(written(tmp_path, described))

    assert template.text == "{RENUMBERED}"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (one("{NOPE}"), "line 1: unknown placeholder {NOPE}."),
        (one("x", "HALF"), "line 1: base is one of WRONG, GOOD, REF, NONE, not 'HALF'."),
        ({"id": "a"}, "line 1: needs JSON with id, family and template."),
        ([], "line 1: needs JSON with id, family and template."),
    ],
)
def test_a_fault_in_a_template_is_told_with_its_line(
    tmp_path: Path, row: object, told: str
) -> None:
    with pytest.raises(AttackError) as caught:
        read_templates(written(tmp_path, row))

    assert str(caught.value) == f"attacks.jsonl, {told}"


def test_an_absent_or_empty_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(AttackError, match="cannot be read"):
        read_templates(tmp_path / "absent.jsonl")
    with pytest.raises(AttackError, match=r"has no templates\."):
        read_templates(written(tmp_path))


def test_one_question_is_too_few() -> None:
    with pytest.raises(AttackError, match="two questions or more"):
        make_targets([OTHER])


def test_questions_are_read_with_their_criteria(tmp_path: Path) -> None:
    rows = [
        {
            "question": QUESTION,
            "reference_answer": REFERENCE,
            "criteria": [
                {"text": c.text, "kind": c.kind.value, "weight": float(c.weight)} for c in CRITERIA
            ],
        },
        {"question": "Q", "reference_answer": "R", "criteria": [{"text": "one"}]},
        {"question": "Q", "reference_answer": "R"},
    ]
    path = tmp_path / "questions.json"
    path.write_text(json.dumps(rows))
    first, second, third = read_questions(path)

    assert (first.criteria, third.criteria) == (CRITERIA, ())
    assert [(c.kind, c.weight) for c in second.criteria] == [(Kind.REQUIRED, 1)]


def test_questions_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    path = tmp_path / "questions.json"
    path.write_text('[{"question": "Q"}]')

    with pytest.raises(AttackError, match=r"questions\.json cannot be read as questions"):
        read_questions(path)
