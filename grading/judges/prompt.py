"""What a judge is sent: instructions, then the question, then the answer, stable parts first."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Final

from grading.grader.material import Material
from grading.judges.schema import SCHEMA
from grading.llm.calls import Block

FOLDER: Final = Path(__file__).resolve().parent / "prompts"
HEADER: Final = re.compile(r"\A---\nversion: (?P<version>\S+)\n---\n")

# Every name that stands between angle brackets below. Blanks and invisible characters that a
# reader overlooks do not make another name of it.
TAGS: Final = (
    "material", "question", "reference_answer", "criteria", "criterion", "notes_for_graders",
    "candidate_answer",
)  # fmt: skip
BLANK: Final = r"[\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff/]*"
OPENING: Final = re.compile(
    rf"[<\uff1c](?={BLANK}(?:{'|'.join(BLANK.join(tag) for tag in TAGS)})\b)", re.IGNORECASE
)


@cache
def _read_prompt() -> tuple[str, str]:
    text = (FOLDER / "judge.md").read_text(encoding="utf-8")
    header = HEADER.match(text)
    if header is None:
        raise ValueError("The judge's prompt does not begin with its version.")
    return header["version"], text[header.end() :].strip()


def prompt_version() -> str:
    return _read_prompt()[0]


def instructions(*, spell_out_schema: bool = False) -> str:
    """The same for every question. Spelt out, the schema is for servers that take no format."""
    text = _read_prompt()[1]
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
    criteria = "\n".join(
        f'<criterion id="{criterion.id}" kind="{criterion.kind.value}">'
        f"{inert(criterion.text)}</criterion>"
        for criterion in material.criteria
    )
    parts = [
        _tagged("question", inert(material.question)),
        _tagged("reference_answer", inert(material.reference_answer)),
        _tagged("criteria", criteria),
    ]
    if material.grader_notes.strip():
        parts.append(_tagged("notes_for_graders", inert(material.grader_notes)))
    return _tagged("material", "\n".join(parts))


def answer_turn(material: Material) -> str:
    """The answer as JSON. Our tags in it are escaped within the JSON, so quotes keep their words."""
    encoded = json.dumps({"candidate_answer": _encodable(material.answer)}, ensure_ascii=False)
    return OPENING.sub(lambda match: f"\\u{ord(match[0]):04x}", encoded)


def inert(text: str) -> str:
    """The text with our own tags made harmless, whoever wrote them into it."""
    return OPENING.sub("&lt;", _encodable(text))


def _tagged(name: str, text: str) -> str:
    return f"<{name}>\n{text}\n</{name}>"


def _encodable(text: str) -> str:
    """Half a surrogate pair cannot be sent; a question mark of the same length can."""
    return text.encode("utf-8", "replace").decode("utf-8")
