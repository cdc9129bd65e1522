"""The judge behind the fake: looks for each criterion's words in the answer, quotes honestly."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes import reading
from tests.fakes.following import follow_up
from tests.fakes.shaping import shape

MET, PARTIAL, ASSERTED = 0.5, 0.25, 0.6  # shares of a criterion's words found in the answer
SHORTEST_WORD = 4
STOPWORDS = {
    "about", "above", "after", "also", "because", "been", "before", "being", "between", "both",
    "could", "does", "each", "from", "have", "into", "itself", "more", "most", "much", "must",
    "only", "other", "over", "same", "should", "some", "such", "than", "that", "their", "them",
    "then", "there", "these", "they", "this", "those", "through", "very", "what", "when",
    "where", "which", "while", "will", "with", "would", "your",
}  # fmt: skip
INJECTION = re.compile(
    r"(ignore|disregard|forget|override)\b.{0,40}\b(instruction|rubric|criteria|prompt|above)"
    r"|</?\s*(candidate_answer|grader_notes|system|instructions)"
    r"|(full|maximum|highest|top)\s+(marks?|score|credit|points)"
    r"|system (prompt|message|override)|as the (grader|judge)|\b10/10\b",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(slots=True)
class Rule:
    """A reply scripted for answers that contain some words, for so many requests.

    ``reply``: the whole reply, text or JSON, verbatim. ``verdicts``: verdicts by criterion id
    that replace the judge's own. ``model``: for this model alone. ``times`` 0 is for ever.
    """

    contains: str = ""
    reply: str | Mapping[str, Any] | None = None
    verdicts: Mapping[str, str] = field(default_factory=dict)
    model: str = ""
    times: int = 0


class ScriptedJudge:
    """Reads the request as a model would, and is as predictable as a test needs."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def add(self, rule: Rule) -> None:
        """Script a reply; the first rule that fits is followed."""
        self._rules.append(rule)

    def answer(self, body: dict[str, Any]) -> str:
        """The text of the reply to a valid request."""
        said, asked = reading.candidate_answer(body), follow_up(body)
        rule = self._follow(said, body["model"])
        if rule.reply is not None:
            return rule.reply if isinstance(rule.reply, str) else encode(rule.reply)
        wanted = {"question": asked, "feedback": asked} if asked else None
        wanted = wanted or judge(reading.criteria(body), said, rule.verdicts) or draft(body)
        form = (body.get("output_config") or {}).get("format")
        return encode(shape(form["schema"], wanted)) if form else wanted["feedback"]

    def _follow(self, said: str, model: str) -> Rule:
        for rule in self._rules:
            if rule.contains in said and rule.model in {"", model}:
                if rule.times == 1:
                    self._rules.remove(rule)
                rule.times -= rule.times > 1
                return rule
        return Rule()


def encode(reply: Any) -> str:
    """JSON as a model writes it."""
    return json.dumps(reply, ensure_ascii=False)


def judge(
    criteria: list[dict[str, Any]], said: str, forced: Mapping[str, str]
) -> dict[str, Any] | None:
    """All that a reply may hold, under the names a schema may use; None without criteria."""
    if not criteria:
        return None
    rows = [judge_criterion(row, said, forced.get(str(row["id"]))) for row in criteria]
    points = [
        judged["verdict"]
        for row, judged in zip(criteria, rows, strict=True)
        if row.get("kind") != "misconception"
    ]
    return {
        "criteria": rows,
        "feedback": f"You covered {points.count('met')} of {len(points)} points.",
        "injection_suspected": bool(INJECTION.search(said)),
    }


def judge_criterion(row: dict[str, Any], said: str, forced: str | None) -> dict[str, Any]:
    """One criterion's verdict by its words, with the sentence that holds most of them."""
    wanted = words(reading.wording(row))
    quote = max(reading.sentences(said), key=lambda s: len(wanted & words(s)), default="")
    share = len(wanted & words(said)) / len(wanted) if wanted else 0.0
    verdict = forced or by_share(share, str(row.get("kind", "")))
    quotes = [quote] if quote and verdict != "not_met" else []
    return {
        "id": row["id"],
        "evidence": quotes,
        "quotes": quotes,
        "quote": quote if quotes else "",
        "justification": f"{share:.0%} of the words looked for are in the answer.",
        "verdict": verdict,
        "mark": verdict,
        "confidence": 0.9,
    }


def by_share(share: float, kind: str) -> str:
    """The verdict for a share of words found; a misconception is asserted or absent."""
    if kind == "misconception":
        return "contradicted" if share >= ASSERTED else "not_met"
    return "met" if share >= MET else "partial" if share >= PARTIAL else "not_met"


def words(text: str) -> set[str]:
    """The words that carry meaning, without plural endings."""
    found = re.findall(r"\w+", text.lower())
    return {word.rstrip("s") for word in found if len(word) >= SHORTEST_WORD} - STOPWORDS


def draft(body: dict[str, Any]) -> dict[str, Any]:
    """A reply to a request that has no criteria yet: criteria out of the reference that it sends,
    the first the heaviest, and one misconception, which denies it."""
    points = reading.sentences(reading.field(body, "reference_answer"))[:5]
    rows = [
        {"id": f"c{number}", "text": point, "kind": "required", "weight": 1 + (number == 1)}
        for number, point in enumerate(points, start=1)
    ]
    wrong = [{"text": f"It is not so: {point}", "weight": 1} for point in points[:1]]
    return {"criteria": rows, "feedback": points[0] if points else "", "misconceptions": wrong}
