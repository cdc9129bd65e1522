"""Grading that keeps nothing but what it cost: the command line and the editor try answers."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grading.grader.material import Criterion, Kind, Material
from grading.grader.pipeline import grade
from grading.grader.verdict import Outcome, Ungraded
from grading.judges.base import JudgeError
from grading.judges.hooks import Hooks
from grading.models import Rubric
from grading.operations.budget import ensure_account
from grading.operations.judging import make_embedder, make_judge
from grading.operations.open_calls import Tab
from grading.operations.rubrics import CriterionText
from grading.operations.running import model_of
from grading.queries.rubrics import material_for

__all__ = ["JudgeError", "Trial", "try_rubric", "try_texts"]


@dataclass(frozen=True, slots=True)
class Trial:
    """One answer's outcome, with who judged it and how long that took."""

    material: Material
    outcome: Outcome
    judge: str
    model: str
    milliseconds: int

    def as_json(self) -> dict[str, Any]:
        """``{"state", "reason", "detail", "score", "confidence", "judge", "milliseconds",
        "feedback", "criteria": [{"id", "text", "kind", "weight", "verdict", "evidence":
        [{"start", "end", "quote"}]}]}``; score and confidence are None when ungraded."""
        outcome = self.outcome
        head = {"judge": self.judge, "milliseconds": self.milliseconds, "reason": outcome.reason}
        if isinstance(outcome, Ungraded):
            return head | {
                "state": "ungraded",
                "detail": outcome.detail,
                "score": None,
                "confidence": None,
                "feedback": "",
                "criteria": [],
            }
        found = {verdict.criterion_id: verdict for verdict in outcome.verdicts}
        return head | {
            "state": "graded",
            "detail": "",
            "score": outcome.score,
            "confidence": outcome.confidence,
            "feedback": outcome.feedback,
            "criteria": [
                {
                    "id": criterion.id,
                    "text": criterion.text,
                    "kind": criterion.kind.value,
                    "weight": float(criterion.weight),
                    "verdict": found[criterion.id].mark.value,
                    "evidence": [
                        {
                            "start": span.start,
                            "end": span.end,
                            "quote": self.material.answer[span.start : span.end],
                        }
                        for span in found[criterion.id].evidence
                    ],
                }
                for criterion in self.material.criteria
            ],
        }


def try_rubric(*, rubric: Rubric, answer: str, judge: str = "") -> Trial:
    """Grade against a stored rubric with the named judge (the configured one by default).

    Raises ValueError for an unknown judge, and the judge's typed errors.
    """
    return _try(material_for(rubric, answer), judge)


def try_texts(
    *,
    question: str,
    reference_answer: str,
    criteria: Sequence[CriterionText],
    answer: str,
    grader_notes: str = "",
    judge: str = "",
    accounts: Sequence[str] = (),
) -> Trial:
    """The same for a rubric that is stored nowhere; `accounts` are labels of who pays."""
    material = Material(
        question=question,
        reference_answer=reference_answer,
        criteria=tuple(
            Criterion(f"c{place}", row.text, Kind(row.kind), row.weight)
            for place, row in enumerate(criteria, start=1)
        ),
        answer=answer,
        grader_notes=grader_notes,
    )
    return _try(material, judge, accounts)


def _try(material: Material, judge: str, accounts: Sequence[str] = ()) -> Trial:
    embedder = make_embedder()
    account = ensure_account(keys=accounts)
    tab = Tab(lambda: account.pk if account else None)
    hooks = Hooks(record=tab.settle, before_call=tab.open, not_sent=tab.drop)
    chosen = make_judge(embedder, hooks=hooks, name=judge)
    started = time.perf_counter()
    outcome = grade(material, chosen, embedder)
    elapsed = round((time.perf_counter() - started) * 1000)
    return Trial(material, outcome, chosen.name, model_of(outcome, chosen), elapsed)
