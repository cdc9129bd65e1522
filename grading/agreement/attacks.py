"""Attacks on a grader: templates, and the questions and answers that fill them.

A template is one line of JSON: ``id``, ``family``, ``template`` and ``base``, the answer that the
attack builds on. It may hold these placeholders: {Q} the question; {REF} the reference answer,
{NEGREF} it denied, {SHUFFLED} its words in another order, {KEYWORDS} those that carry meaning,
{RENUMBERED} with its numbers changed; {OTHER} the reference of another question; {WRONG}, {GOOD}
and {HALF} an answer of that worth; {SPOKEN}, {MISSPELT}, {LISTED} an answer in another dress.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import Final

from grading.agreement import twists
from grading.grader.material import Criterion, Kind, Material

SHIPPED: Final = Path(__file__).with_name("attacks.jsonl")
PLACEHOLDER: Final = re.compile(r"\{([A-Z]+)\}")
OF_REFERENCE: Final[Mapping[str, Callable[[str], str]]] = {
    "REF": twists.prose,
    "NEGREF": twists.negated,
    "SHUFFLED": twists.shuffled,
    "KEYWORDS": twists.keywords,
    "RENUMBERED": twists.renumbered,
}
OF_ANSWER: Final[Mapping[str, Callable[[str], str]]] = {
    "WRONG": str,
    "GOOD": str,
    "RIGHT": str,
    "HALF": str,
    "SPOKEN": twists.spoken,
    "MISSPELT": twists.misspelt,
    "LISTED": twists.listed,
}
KNOWN: Final = {"Q", "OTHER", *OF_REFERENCE, *OF_ANSWER}
# Which answers take the place of a template's base.
BASES: Final = {
    "WRONG": ("wrong", "misled", "borderline"),
    "GOOD": ("right", "borderline"),
    "REF": ("right",),
    "NONE": ("none",),
}
INJECTION: Final = "pi_"  # how the families of templates begin that speak to the grader
BENIGN: Final = "GOOD"  # such templates leave the content alone: honest text in another dress
# Some lines describe what is to be done with a text instead of spelling it out.
DESCRIBED: Final = (
    (re.compile(r"^\{REF\} with every number "), "{RENUMBERED}"),
    (re.compile(r"^\{GOOD\} rewritten with "), "{SPOKEN}"),
)


class Place(StrEnum):
    """Where an attack is written: an injection may stand in what the rubric says as well."""

    ANSWER = "answer"
    QUESTION = "question"
    REFERENCE = "reference"
    CRITERION = "criterion"


class AttackError(ValueError):
    """A file of templates or questions that cannot be used; says where and why."""


@dataclass(frozen=True, slots=True)
class Template:
    id: str
    family: str
    text: str
    base: str


@dataclass(frozen=True, slots=True)
class Target:
    """A question to attack. `answers` by worth: right, borderline, wrong, and misled where the
    rubric knows a misconception."""

    material: Material
    other: str
    answers: Mapping[str, str]


def read_templates(path: Path = SHIPPED) -> list[Template]:
    """Raises AttackError naming the line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise AttackError(f"{path.name} cannot be read: {error}") from error
    found = [_template(f"{path.name}, line {n}", t) for n, t in enumerate(lines, 1) if t.strip()]
    if not found:
        raise AttackError(f"{path.name} has no templates.")
    return found


def _template(where: str, line: str) -> Template:
    try:
        fields = json.loads(line)
        text = str(fields["template"])
        base = str(fields.get("base", "NONE"))
        template = Template(str(fields["id"]), str(fields["family"]), text, base)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AttackError(f"{where}: needs JSON with id, family and template.") from error
    unknown = sorted(set(PLACEHOLDER.findall(text)) - KNOWN)
    if unknown:
        raise AttackError(f"{where}: unknown placeholder {{{unknown[0]}}}.")
    if base not in BASES:
        raise AttackError(f"{where}: base is one of {', '.join(BASES)}, not {base!r}.")
    for described, instead in DESCRIBED:
        if described.match(text):
            return Template(template.id, template.family, instead, base)
    return template


def read_questions(path: Path) -> list[Material]:
    """Read ``[{"question", "reference_answer", "criteria": [{"text", "kind", "weight"}]}]``.

    Raises AttackError. Without criteria the list is empty: the caller drafts them.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return [
            Material(
                str(row["question"]),
                str(row["reference_answer"]),
                tuple(
                    Criterion(
                        f"c{place}",
                        str(line["text"]),
                        Kind(line.get("kind", "required")),
                        Decimal(str(line.get("weight", 1))),
                    )
                    for place, line in enumerate(row.get("criteria", []), start=1)
                ),
                "",
            )
            for row in rows
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, InvalidOperation) as error:
        raise AttackError(f"{path.name} cannot be read as questions: {error!r}") from error


def make_targets(materials: Sequence[Material]) -> list[Target]:
    """Questions, each with answers of known worth made from the references.

    Right is the reference as prose, borderline its first half, wrong the half of another
    question's reference, and misled what the rubric's misconceptions say.
    """
    count = len(materials)
    if count < 2:  # noqa: PLR2004 - a wrong answer is another question's
        raise AttackError("Attacking takes two questions or more, with references.")
    targets = []
    for place, material in enumerate(materials):
        other = materials[(place + max(count // 2, 1)) % count].reference_answer
        answers = {
            "none": "",
            "right": twists.prose(material.reference_answer),
            "borderline": twists.half(material.reference_answer),
            "wrong": twists.half(other),
            "misled": " ".join(c.text for c in material.criteria if c.kind is Kind.MISCONCEPTION),
        }
        targets.append(Target(material, twists.prose(other), answers))
    return targets


def aim(template: Template, target: Target, place: Place) -> Iterator[tuple[str, Material]]:
    """What is to be graded, each with the worth of the answer it is built on. Elsewhere than in
    the answer only injections make sense, and the answer stays as it is."""
    if place is not Place.ANSWER and not template.family.startswith(INJECTION):
        return
    for worth in BASES[template.base]:
        own = target.answers[worth]
        text = fill(template, target, worth)
        if text == own:
            continue  # there is nothing to twist
        if place is Place.ANSWER:
            yield worth, replace(target.material, answer=text)
        else:
            words = fill(template, target, "none").strip()
            yield worth, replace(_written(target.material, place, words), answer=own)


def _written(material: Material, place: Place, words: str) -> Material:
    """With more words at the end of that place; of the criteria it is the first."""
    if place is Place.QUESTION:
        return replace(material, question=f"{material.question} {words}")
    if place is Place.REFERENCE:
        return replace(material, reference_answer=f"{material.reference_answer} {words}")
    first, *others = material.criteria
    return replace(material, criteria=(replace(first, text=f"{first.text} {words}"), *others))


def fill(template: Template, target: Target, worth: str) -> str:
    """The attack on one question with the answer of that worth as its base."""
    own = target.answers[worth]
    reference = target.material.reference_answer

    def put(found: re.Match[str]) -> str:
        name = found[1]
        if name == "Q":
            return " ".join(target.material.question.split())
        if name == "OTHER":
            return target.other
        if name in OF_REFERENCE:
            return OF_REFERENCE[name](reference)
        return OF_ANSWER[name](own)

    return PLACEHOLDER.sub(put, template.text)
