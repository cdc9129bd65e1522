"""The local judge: how near each passage of an answer comes to each criterion, and no more.

It compares meaning by embedding and wording by shared terms. It does not reason, so it cannot
tell a right argument from a wrong one in the same words; its confidence is capped accordingly.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np

from grading.grader.material import Criterion, Kind, Material
from grading.grader.seam import Embedder
from grading.grader.text import content_stems
from grading.grader.verdict import CriterionVerdict, Judgement, Mark
from grading.judges.feedback import compose
from grading.judges.likeness import (
    Matrix,
    Passage,
    Vectors,
    is_negative,
    is_word_salad,
    likeness,
    passages,
)

# Likeness thresholds, from about 0 to 1. Chosen on the built-in questions: a reference answer
# reaches 0.74 or more on its own criteria, a paraphrase in a candidate's words mostly 0.3 to 0.7,
# an answer to another question stays below 0.38 on 95% of criteria and below 0.46 on 99%. With
# these, every built-in reference scores 1.0 and 96% of answers to other questions at most 0.3.
MET: Final = 0.50
PARTIAL: Final = 0.34
# An answer that as a whole is near the reference gets the benefit of the doubt: the thresholds
# fall by up to EASE. Answers to other questions stay below a cosine of 0.45 in 90% of pairs.
EASE: Final = 0.04
ON_TOPIC_FROM: Final = 0.40
ON_TOPIC_FULLY: Final = 0.55
BELIEVED: Final = 0.38  # a misconception, which must also be far from everything that is true
CONTRAST: Final = 0.08  # by how much a misconception must fit better than anything true
OTHER_FITS_BETTER: Final = 0.08  # a passage this much nearer another criterion is that one's
STRONG: Final = 0.62  # a passage this near counts for as many criteria as it reaches
SAME_WORDS: Final = 0.75  # share of content words, both ways, for a denial to be clear
REFERENCE_SHARE: Final = 0.9  # no more is asked than this share of what the reference reaches
LEAST_ASKED: Final = 0.44  # … but never less than this for MET
FULL_MARGIN: Final = 0.2  # distance from the nearest threshold at which confidence is highest
LEAST_SURE: Final = 0.5
MOST_SURE: Final = 0.85


@dataclass(frozen=True, slots=True)
class _Reading:
    """The answer beside the rubric: one row a criterion, one column a passage."""

    found: list[Passage]
    near: Matrix
    truth: Matrix  # reference passages x answer passages
    reference: list[Passage]
    reach: list[float]  # how near the reference itself comes to each criterion
    parts: list[Matrix]  # for a criterion that lists several things: parts x answer passages
    is_salad: bool
    ease: float  # what is taken off the thresholds


class LocalJudge:
    """Judges without key or network. The same material gets the same judgement, always."""

    name: Final = "local"
    prompt_version: Final = "local-1"

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.model: Final = embedder.name

    def judge(self, material: Material) -> Judgement:
        """Return a verdict per criterion; what the embedder raises passes through."""
        reading = self._read(material)
        verdicts = tuple(
            self._belief(material, row, reading)
            if criterion.kind is Kind.MISCONCEPTION
            else self._coverage(material.criteria, row, reading)
            for row, criterion in enumerate(material.criteria)
        )
        return Judgement(verdicts, compose(material.criteria, verdicts))

    def _read(self, material: Material) -> _Reading:
        found = passages(material.answer)
        reference = passages(material.reference_answer)
        texts = [criterion.text for criterion in material.criteria]
        stated = [passage.text for passage in reference]
        parts = [_parts(text) for text in texts]
        whole = [material.answer, material.reference_answer]
        said = [passage.text for passage in found]
        vectors = Vectors([*texts, *chain(*parts), *stated, *whole, *said], self._embedder)

        def near(propositions: list[str], these: list[Passage] = found) -> Matrix:
            return likeness(propositions, these, material.question, vectors)

        cosine = float(vectors.cosines(whole[:1], whole[1:])[0, 0]) if reference else 0.0
        on_topic = (cosine - ON_TOPIC_FROM) / (ON_TOPIC_FULLY - ON_TOPIC_FROM)
        return _Reading(
            found=found,
            near=near(texts),
            parts=[near(listed) for listed in parts],
            reference=reference,
            truth=near(stated),
            reach=[float(row.max(initial=0.0)) for row in near(texts, reference)],
            is_salad=is_word_salad(material.answer),
            ease=EASE * min(max(on_topic, 0.0), 1.0),
        )

    def _coverage(
        self, criteria: Sequence[Criterion], row: int, reading: _Reading
    ) -> CriterionVerdict:
        criterion = criteria[row]
        column = _best_passage(criteria, row, reading.near)
        if column is None:
            return CriterionVerdict(criterion.id, Mark.NOT_MET, (), NOTHING, MOST_SURE)
        # A criterion that the reference itself words differently may not ask for more than that.
        asked = min(MET, max(LEAST_ASKED, REFERENCE_SHARE * reading.reach[row])) - reading.ease
        touched = PARTIAL - reading.ease
        value = float(reading.near[row, column])
        columns = [column]
        parts = reading.parts[row].max(axis=1, initial=0.0)
        if parts.size and parts.mean() > value:
            value = float(parts.mean())
            columns = [int(part.argmax()) for part in reading.parts[row] if part.max() >= touched]
        mark = _mark(value, asked, touched) if columns else Mark.NOT_MET
        if mark is Mark.MET and reading.is_salad:
            mark = Mark.PARTIAL
        if mark is not Mark.NOT_MET and columns == [column] and _denies(criterion, column, reading):
            mark = Mark.CONTRADICTED
        spans = () if mark is Mark.NOT_MET else tuple(reading.found[at].span for at in columns)
        sure = _sureness(min(abs(value - asked), abs(value - touched)))
        return CriterionVerdict(criterion.id, mark, spans, JUSTIFICATIONS[mark], sure)

    def _belief(self, material: Material, row: int, reading: _Reading) -> CriterionVerdict:
        """A misconception is asserted only where a passage fits it better than anything true."""
        criterion = material.criteria[row]
        if not reading.found:
            return CriterionVerdict(criterion.id, Mark.NOT_MET, (), confidence=MOST_SURE)
        true_rows = [i for i, c in enumerate(material.criteria) if c.kind is not Kind.MISCONCEPTION]
        rivals = np.vstack([reading.near[true_rows], reading.truth]).max(axis=0, initial=0.0)
        column = int(reading.near[row].argmax())
        value = float(reading.near[row, column])
        lead = value - max(float(rivals[column]), reading.reach[row])
        same_side = reading.found[column].negative == is_negative(criterion.text)
        sure = _sureness(min(abs(value - BELIEVED), abs(lead - CONTRAST)))
        if value >= BELIEVED and lead >= CONTRAST and same_side:
            span = reading.found[column].span
            return CriterionVerdict(criterion.id, Mark.CONTRADICTED, (span,), BELIEF, sure)
        return CriterionVerdict(criterion.id, Mark.NOT_MET, (), confidence=sure)


NOTHING: Final = "No passage of the answer says this."
BELIEF: Final = "The passage asserts this, and it is not so."
JUSTIFICATIONS: Final = {
    Mark.MET: "The passage says the same in similar words.",
    Mark.PARTIAL: "The passage touches on this without clearly saying all of it.",
    Mark.NOT_MET: NOTHING,
    Mark.CONTRADICTED: "The passage seems to say the opposite.",
}


def _best_passage(criteria: Sequence[Criterion], row: int, near: Matrix) -> int | None:
    """The nearest passage that is not clearly about another criterion."""
    others = [i for i, c in enumerate(criteria) if i != row and c.kind is not Kind.MISCONCEPTION]
    for column in np.argsort(-near[row], kind="stable"):
        value = near[row, column]
        rival = near[others, column].max(initial=0.0)
        if value >= STRONG or rival - value < OTHER_FITS_BETTER:
            return int(column)
    return None


def _parts(criterion: str) -> list[str]:
    """What a criterion lists, if it is a list ("Lead: one; two; three"), else nothing."""
    lead, colon, rest = criterion.partition(": ")
    listed = [part.strip() for part in (rest if colon else lead).split("; ")]
    return listed if len(listed) > 1 else []


def _mark(value: float, asked: float, touched: float) -> Mark:
    if value >= asked:
        return Mark.MET
    return Mark.PARTIAL if value >= touched else Mark.NOT_MET


def _denies(criterion: Criterion, column: int, reading: _Reading) -> bool:
    """Whether a passage says the criterion's words with the opposite sign.

    Only where nearly all content words are shared, and the nearest passage of the reference has
    the criterion's own sign: a reference may word a true point by denial.
    """
    passage = reading.found[column]
    if passage.negative == is_negative(criterion.text):
        return False
    if reading.reference:
        nearest = reading.reference[int(reading.truth[:, column].argmax())]
        if nearest.negative == passage.negative:
            return False
    wanted = frozenset(content_stems(criterion.text))
    shared = len(wanted & passage.stems)
    return shared >= SAME_WORDS * max(len(wanted), len(passage.stems))


def _sureness(margin: float) -> float:
    share = min(margin / FULL_MARGIN, 1.0)
    return round(LEAST_SURE + (MOST_SURE - LEAST_SURE) * share, 3)
