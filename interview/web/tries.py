"""An answer tried on a question while it is being written: graded, shown, stored nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from grading.operations.trial import JudgeError, try_texts
from interview.web.charts import Interval
from interview.web.forms.questions import LONGEST_TEXT, QuestionSheet
from interview.web.scores import score_interval

REASONS = {
    "blank": "The answer is blank.",
    "dont_know": "The answer says that it does not know.",
    "echo": "The answer only repeats the question.",
    "gibberish": "The answer is no language that we can read.",
}


@dataclass(frozen=True, slots=True)
class TriedCriterion:
    """One row of the result, in the shape that the ``face`` filter reads."""

    criterion: Any  # with .text and .kind
    mark: str
    quotes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Try:
    """``problem`` says why there is no score; otherwise there is an ``interval``."""

    answer: str
    problem: str = ""
    interval: Interval | None = None
    rule: str = ""
    rows: Sequence[TriedCriterion] = ()
    judge: str = ""
    milliseconds: int = 0


def try_sheet(sheet: QuestionSheet, answer: str, *, payers: Sequence[str]) -> Try:
    """Grade ``answer`` against what is typed in a sheet that was posted; ``payers`` pay for it."""
    sheet.is_valid()
    broken = [str(row.number) for row in sheet.rows if not row.is_valid()]
    if broken:
        return Try(answer, f"Mend criterion {', '.join(broken)} first, then try again.")
    if len(answer) > LONGEST_TEXT:
        return Try(answer, f"This answer is longer than {LONGEST_TEXT} characters.")
    found = sheet.form.cleaned_data
    try:
        trial = try_texts(
            question=found.get("prompt") or found.get("title") or "",
            reference_answer=found.get("reference_answer", ""),
            grader_notes=found.get("grader_notes", ""),
            criteria=[row.criterion for row in sheet.rows],
            answer=answer,
            accounts=payers,
        )
    except JudgeError as error:
        return Try(answer, f"The judge could not be asked: {error} Try again in a moment.")
    report = trial.as_json()
    if report["state"] == "ungraded":
        return Try(answer, f"Could not grade. {report['detail']}")
    return Try(
        answer,
        interval=score_interval(report["score"], report["confidence"]),
        rule=REASONS.get(report["reason"], ""),
        rows=[
            TriedCriterion(criterion, row["verdict"], [span["quote"] for span in row["evidence"]])
            for criterion, row in zip(trial.material.criteria, report["criteria"], strict=True)
        ],
        judge=trial.judge,
        milliseconds=trial.milliseconds,
    )
