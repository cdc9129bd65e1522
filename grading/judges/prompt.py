"""What a judge is sent: instructions, then the question, then the answer, stable parts first."""

import json
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from grading.grader.material import Criterion, Material
from grading.judges.schema import SCHEMA
from grading.llm.calls import Block

FOLDER: Final = Path(__file__).resolve().parent / "prompts"
HEADER: Final = re.compile(r"\A---\nversion: (?P<version>\S+)\n---\n")

# The marks we set around a text, and those that people try instead. Blanks and characters that
# nobody sees do not make another name of one.
MARKS: Final = (
    "material", "question", "reference_answer", "criteria", "criterion", "notes_for_graders",
    "grader_notes", "candidate_answer", "answer", "instructions", "system", "user", "assistant",
)  # fmt: skip
BLANK: Final = r"[\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff/\\]*"
OPENING: Final = re.compile(
    rf"[<\uff1c](?={BLANK}(?:{'|'.join(BLANK.join(mark) for mark in MARKS)})\b)", re.IGNORECASE
)


@cache
def read_prompt(name: str) -> tuple[str, str]:
    """The version and the words of a prompt in the folder."""
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    header = HEADER.match(text)
    if header is None:
        raise ValueError(f"The prompt {name} does not begin with its version.")
    return header["version"], text[header.end() :].strip()


def prompt_version() -> str:
    return read_prompt("judge")[0]


def instructions(*, spell_out_schema: bool = False) -> str:
    """The same for every question. Spelt out, the schema is for servers that take no format."""
    text = read_prompt("judge")[1]
    if not spell_out_schema:
        return text
    schema = json.dumps(SCHEMA, indent=1)
    return f"{text}\n\n# Form\n\nReply with one JSON object of this schema, nothing else:\n{schema}"


def system_blocks(
    material: Material, *, keep_question: bool = False, spell_out_schema: bool = False
) -> tuple[Block, ...]:
    """Instructions, kept for an hour, and the question, kept for minutes when `keep_question`:
    worth its price only when another answer to the same question follows in that time."""
    return (
        Block(instructions(spell_out_schema=spell_out_schema), cache="1h"),
        Block(question_block(material), cache="5m" if keep_question else ""),
    )


def question_block(material: Material) -> str:
    """The question and what its answers are judged by; the same bytes for every answer."""
    return _question_block(
        material.question, material.reference_answer, material.criteria, material.grader_notes
    )


@lru_cache(maxsize=64)  # asked for by every answer to the same question
def _question_block(
    question: str, reference_answer: str, criteria: tuple[Criterion, ...], notes: str
) -> str:
    fields: dict[str, Any] = {
        "question": question,
        "reference_answer": reference_answer,
        "criteria": [{"id": c.id, "kind": c.kind.value, "text": c.text} for c in criteria],
    }
    if notes.strip():
        fields["notes_for_graders"] = notes
    return f"<material>\n{as_inert_json(fields, indent=1)}\n</material>"


def answer_turn(material: Material) -> str:
    """The answer, and nothing else."""
    return as_inert_json({"candidate_answer": material.answer})


def as_inert_json(fields: dict[str, Any], indent: int | None = None) -> str:
    """JSON that nobody's words can break out of, and in which our marks are escaped as well.

    The escapes are JSON's own, so the words are still the same to whoever reads them.
    """
    encoded = json.dumps(fields, ensure_ascii=False, indent=indent)
    inert = OPENING.sub(lambda match: f"\\u{ord(match[0]):04x}", encoded)
    # half of a surrogate pair cannot be sent
    return inert.encode("utf-8", "replace").decode("utf-8")
