"""What does the cosine of answer and reference say beside a judge who gives full marks?

Answers that people scored, from files as `evaluate_grader` takes them, a hundred of each: how often
people gave less than 0.7 where the cosine speaks against a full score, and where it does not. Once
for the answers that are not measured at full score, once for all others. And keyword lists, made
of the built-in references.
    .venv/bin/python -m benchmarks.second_opinion FILE.csv …
"""

import random
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from grading.agreement.datasets import read_csv, sample
from grading.embedders.onnx import get_embedder
from grading.grader import scoring
from grading.grader.material import Criterion, Kind, Material
from grading.grader.opinion import SecondOpinion
from grading.grader.text import STOPWORDS, words
from grading.grader.verdict import CriterionVerdict, Mark
from interview.formats import read_path

SETS = Path(__file__).resolve().parent.parent / "interview" / "content" / "llm-engineer"
EACH, LOW = 100, 0.7
POINT = (Criterion("c1", "All of it.", Kind.REQUIRED, Decimal(1)),)
MET = (CriterionVerdict("c1", Mark.MET, ()),)


def main() -> None:
    answers = [
        (Material(row.question, row.references[0], POINT, row.answer), row.score)
        for path in sys.argv[1:]
        for row in sample(read_csv(Path(path)), EACH, seed=1)
        if words(row.references[0])
    ]
    inside = [(m, score) for m, score in answers if _is_not_needed(m)]
    outside = [(m, score) for m, score in answers if not _is_not_needed(m)]
    print("| answers | cosine against a full score | of these below 0.7 | of the others |")
    print("|---|---:|---:|---:|")
    for name, rows in (("not measured at full score", inside), ("all others", outside)):
        against = [score for material, score in rows if _speaks_against(material)]
        others = [score for material, score in rows if not _speaks_against(material)]
        print(f"| {name} | {_share(len(against), len(rows))} | {_low(against)} | {_low(others)} |")
    lists = list(_keyword_lists())
    told = sum(_speaks_against(material) for material in lists)
    print(f"| keyword lists | {_share(told, len(lists))} | | |")


def _is_not_needed(material: Material) -> bool:
    return SecondOpinion(material, get_embedder()).of(MET, 1.0) is scoring.NOT_NEEDED


def _speaks_against(material: Material) -> bool:
    """Whether the cosine takes confidence from a full score."""
    if material.answer not in _told:
        texts = [material.answer, material.reference_answer]
        answer, reference = get_embedder().embed(texts)
        cosine = sum(a * b for a, b in zip(answer, reference, strict=True))
        _told[material.answer] = scoring.confidence(POINT, MET, 1.0, cosine) < MET[0].confidence
    return _told[material.answer]


_told: dict[str, bool] = {}


def _keyword_lists() -> Iterator[Material]:
    """Half of each reference's content words, in no order."""
    draw = random.Random(1)  # noqa: S311 - repeatable, not secret
    for question in read_path(SETS).questions:
        spoken = list(dict.fromkeys(words(question.reference_answer)))
        content = [word for word in spoken if word not in STOPWORDS]
        some = draw.sample(content, len(content) * 55 // 100)
        yield Material(question.title, question.reference_answer, POINT, ", ".join(some))


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole}"


def _low(scores: Sequence[float]) -> str:
    low = sum(score < LOW for score in scores)
    return f"{low} of {len(scores)} ({low / max(len(scores), 1):.0%})"


if __name__ == "__main__":
    main()
