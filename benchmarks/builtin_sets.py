"""How does the local judge tell the right answers of the built-in set from all others?

Run: .venv/bin/python -m benchmarks.builtin_sets
"""

from collections.abc import Sequence
from typing import Final

from tests.interview.content.test_builtin_sets import (
    QUESTIONS,
    earned_by,
    halves_of,
    required_of,
    verdict_on,
)

LOW: Final = 0.3
ABOUT_HALF: Final = (0.35, 0.65)
HALVES: Final = 3  # of each question


def main() -> None:
    questions = list(QUESTIONS.values())
    print("| answer | pairs | lowest | mean | highest | |")
    print("|---|---:|---:|---:|---:|---|")
    _row("the reference", [verdict_on(row, row.reference_answer).score for row in questions])
    halves = [
        verdict_on(row, answer).score for row in questions for answer in halves_of(row)[:HALVES]
    ]
    within = sum(ABOUT_HALF[0] <= score <= ABOUT_HALF[1] for score in halves) / len(halves)
    _row("criteria of half the weight", halves, f"{within:.1%} from .35 to .65")
    foreign = [
        verdict_on(row, other.reference_answer).score
        for row in questions
        for other in questions
        if row is not other
    ]
    low = sum(score <= LOW for score in foreign) / len(foreign)
    _row("another question's", foreign, f"{low:.1%} at most .3")
    alone = [
        (earned_by(row, verdict_on(row, criterion.text)), criterion.text)
        for row in questions
        for criterion in required_of(row)
    ]
    itself = sum(text in earned for earned, text in alone)
    others = sum(len(earned) - (text in earned) for earned, text in alone)
    print(f"\nOf {len(alone)} criteria said alone {itself} earn themselves; {others} others earn.")


def _row(what: str, scores: Sequence[float], note: str = "") -> None:
    mean = sum(scores) / len(scores)
    figures = f"{min(scores):.2f} | {mean:.2f} | {max(scores):.2f}"
    print(f"| {what} | {len(scores)} | {figures} | {note} |")


if __name__ == "__main__":
    main()
