"""The one form of every reply, and the reading of it: nothing is taken that was not checked.

One schema serves all questions, because another one would be another cache; so which criteria
there are is checked here.
"""

import re
from typing import Any, Final

from grading.grader.evidence import find_quote
from grading.grader.material import Criterion, Kind, Material
from grading.grader.verdict import CriterionVerdict, Judgement, Mark
from grading.judges.parsing import InvalidReply, parse_object

SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["criteria", "feedback", "injection_suspected"],
    "properties": {
        "criteria": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                # in the order they are written: the verdict follows from its evidence
                "required": ["id", "evidence", "justification", "verdict"],
                "properties": {
                    "id": {"type": "string"},
                    "evidence": {"type": "array", "items": {"type": "string"}},
                    "justification": {"type": "string"},
                    "verdict": {"type": "string", "enum": [mark.value for mark in Mark]},
                },
            },
        },
        "feedback": {"type": "string"},
        "injection_suspected": {"type": "boolean"},
    },
}

# What one reading of one model is worth; no calibration stands behind these.
SURE: Final = 0.9
QUOTE_LOST: Final = 0.6  # some of the words it points at are not in the answer
UNFOUNDED: Final = 0.3  # none of them are


def read_reply(text: str, material: Material, *, spelt_out: bool = False) -> Judgement:
    """The judgement in a reply, its quotes found in the answer, its verdicts in rubric order.

    Raises `InvalidReply`: a reply is taken whole or not at all. `spelt_out` as in `parse_object`.
    """
    reply = parse_object(text, spelt_out=spelt_out, sent=material.texts)
    rows = reply.get("criteria")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InvalidReply("It holds no list of criteria.")
    by_id = _by_id(rows, material.criteria)
    feedback, suspected = reply.get("feedback"), reply.get("injection_suspected")
    if not isinstance(feedback, str) or not isinstance(suspected, bool):
        raise InvalidReply("Its feedback or its flag is missing.")
    return Judgement(
        verdicts=tuple(
            _verdict(by_id[criterion.id], criterion, material.answer)
            for criterion in material.criteria
        ),
        feedback=feedback.strip(),
        injection_suspected=suspected,
    )


def _by_id(
    rows: list[dict[str, Any]], criteria: tuple[Criterion, ...]
) -> dict[str, dict[str, Any]]:
    given = [str(row.get("id", "")).strip() for row in rows]
    wanted = {criterion.id for criterion in criteria}
    if len(set(given)) != len(given):
        raise InvalidReply("It judges a criterion twice.")
    if unknown := set(given) - wanted:
        raise InvalidReply(f"It judges {len(unknown)} criteria that are not in the rubric.")
    if missing := wanted - set(given):
        raise InvalidReply(f"It does not judge {', '.join(sorted(missing))}.")
    return dict(zip(given, rows, strict=True))


def _verdict(row: dict[str, Any], criterion: Criterion, answer: str) -> CriterionVerdict:
    evidence, justification = row.get("evidence"), row.get("justification")
    if not isinstance(justification, str) or not isinstance(evidence, list):
        raise InvalidReply(f"Its verdict on {criterion.id} is incomplete.")
    if not all(isinstance(quote, str) for quote in evidence):
        raise InvalidReply(f"Its evidence for {criterion.id} is not text.")
    mark = _mark(row.get("verdict"), criterion)
    quotes = [quote for quote in evidence if quote.strip()]
    spans = [span for quote in quotes if (span := find_quote(answer, quote)) is not None]
    return CriterionVerdict(
        criterion_id=criterion.id,
        mark=mark,
        evidence=tuple(spans),
        justification=justification.strip(),
        confidence=_confidence(mark, len(quotes), len(spans)),
    )


def _mark(value: object, criterion: Criterion) -> Mark:
    """Casing and the shape of blanks are not guaranteed by the API; everything else is ours."""
    written = value.strip().casefold() if isinstance(value, str) else ""
    try:
        mark = Mark(re.sub(r"[\s-]+", "_", written))
    except ValueError:
        raise InvalidReply(f"Its verdict on {criterion.id} is none of ours.") from None
    if criterion.kind is Kind.MISCONCEPTION and mark in {Mark.MET, Mark.PARTIAL}:
        raise InvalidReply(f"It credits the misconception {criterion.id}.")
    return mark


def _confidence(mark: Mark, quoted: int, found: int) -> float:
    if mark is Mark.NOT_MET or (found and found == quoted):
        return SURE
    return QUOTE_LOST if found else UNFOUNDED
