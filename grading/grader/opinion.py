"""The second opinion: what nearness to the reference answer says beside the judge.

It is measured or it is not there: nothing is assumed in its place.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from grading.grader import scoring
from grading.grader.material import Material
from grading.grader.scoring import Opinion
from grading.grader.seam import Embedder
from grading.grader.text import STOPWORDS, content_stems, words
from grading.grader.verdict import CriterionVerdict

# Where all three hold, a low cosine says nothing of whether people give an answer less; outside it
# does, see docs/benchmarks.md. A list of keywords is no prose, so it is always measured.
HIGH_SCORE: Final = 0.7
SHARED_WORDS: Final = 0.45  # of the reference's content words
PROSE: Final = 0.25  # of the answer's words that hold sentences together


class SecondOpinion:
    """Of one answer; its cosine with the reference is measured once, when it is first needed."""

    def __init__(self, material: Material, embedder: Embedder) -> None:
        self._material = material
        self._embedder = embedder
        self._cosine: float | None = None

    def of(self, verdicts: Sequence[CriterionVerdict], score: float) -> Opinion:
        """The cosine of answer and reference. `NOT_NEEDED` where it would say nothing about this
        score; None where there is no reference."""
        material = self._material
        if scoring.weighs_itself(material.criteria, verdicts):
            return scoring.NOT_NEEDED
        if not _stems(material.reference_answer):
            return None
        if score >= HIGH_SCORE and _says_the_same(material):
            return scoring.NOT_NEEDED
        if self._cosine is None:
            texts = [material.answer, material.reference_answer]
            answer, reference = self._embedder.embed(texts)
            self._cosine = sum(a * b for a, b in zip(answer, reference, strict=True))
        return self._cosine


def _says_the_same(material: Material) -> bool:
    """Whether the answer is prose with many of the reference's content words."""
    wanted = _stems(material.reference_answer)
    if len(wanted & _stems(material.answer)) < SHARED_WORDS * len(wanted):
        return False
    spoken = words(material.answer)
    return sum(word in STOPWORDS for word in spoken) >= PROSE * len(spoken)


@lru_cache(maxsize=128)  # references come again with every answer
def _stems(text: str) -> frozenset[str]:
    return frozenset(content_stems(text))
