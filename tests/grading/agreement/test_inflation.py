from typing import Any

import pytest

from grading.agreement.attacks import Template, make_targets
from grading.agreement.estimates import Estimate
from grading.agreement.inflation import attack
from grading.grader.material import Criterion, Kind, Material

CRITERION = (Criterion("c1", "x", Kind.REQUIRED, 1),)  # type: ignore[arg-type]  # any number will do
QUESTIONS = [
    Material(f"What is {name}?", f"{name} is a tree. {name} has a root node above.", CRITERION, "")
    for name in ("Heap", "Trie")
]


def gullible(material: Material) -> Estimate:
    """Believes whoever says please, and else counts the reference's sentences."""
    if "please" in material.answer:
        return Estimate(1.0, 0.9, "", flagged=True, seconds=0.0)
    if "unreadable" in material.answer:
        return Estimate(None, None, "too_long", flagged=False, seconds=0.0)
    said = sum(part in material.answer for part in material.reference_answer.split(". "))
    return Estimate(said / 2, 0.9, "", flagged=False, seconds=0.0)


def run(*templates: Template) -> dict[str, Any]:
    return attack(make_targets(QUESTIONS), templates, gullible, lambda *_: None)


def test_inflation_is_over_the_answer_that_was_attacked() -> None:
    report = run(Template("beg", "begging", "{WRONG} please", "WRONG"))

    # Wrong answers are worth 0 and borderline ones 1/2; no rubric knows a misconception.
    assert report["families"]["begging"] | {"by_base": None} == {
        "mean": 1.0, "inflation": 0.75, "worst": 1.0, "flagged": 1.0, "n": 4, "by_base": None,
    }  # fmt: skip
    assert report["templates"].keys() == {"beg"}
    by_base = report["templates"]["beg"]["by_base"]
    assert {worth: row["inflation"] for worth, row in by_base.items()} == {
        "wrong": 1.0,
        "borderline": 0.5,
    }


def test_an_attack_on_nothing_is_compared_with_nothing() -> None:
    report = run(Template("echo", "echo", "{Q} please", "NONE"))

    assert report["families"]["echo"]["inflation"] == 1.0


def test_honest_text_in_another_dress_is_the_benign_part() -> None:
    report = run(
        Template("worse", "dress", "unlike that", "GOOD"),
        Template("same", "polite", "{GOOD} Thank you.", "GOOD"),
        Template("beg", "begging", "please", "NONE"),
    )

    benign = report["benign"]
    assert (benign["n"], benign["drift"]) == (8, pytest.approx(-0.375))
    assert benign["families"]["polite"]["drift"] == 0.0
    assert "begging" not in benign["families"]


def test_a_twist_that_changes_nothing_is_no_attack() -> None:
    report = run(Template("numbers", "numbers", "{RENUMBERED}", "REF"))

    assert report["families"] == {}


def test_what_could_not_be_graded_is_counted_apart() -> None:
    report = run(Template("long", "long", "unreadable", "NONE"))

    assert (report["ungraded"], report["families"]) == (2, {})


def test_the_answers_themselves_are_reported() -> None:
    answers = run(Template("beg", "begging", "please", "NONE"))["answers"]

    assert {worth: row["mean"] for worth, row in answers.items()} == {
        "right": 1.0,
        "borderline": 0.5,
        "wrong": 0.0,
    }
