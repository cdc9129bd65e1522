"""One answer from material to outcome: gates, judge, checks, evidence, score, second opinion."""

from dataclasses import replace
from math import isfinite
from typing import Final

from grading.grader import gates, scoring
from grading.grader.evidence import check_evidence
from grading.grader.injection import are_suspicious, suspicious_spans
from grading.grader.material import Criterion, Kind, Material
from grading.grader.seam import Embedder, Judge
from grading.grader.text import content_stems
from grading.grader.verdict import CriterionVerdict, Mark, Outcome, Ungraded, Verdict

# Share of the reference's content words. From here on the cosine is above 0.7 in 95 of 100 built-in
# cases, and what similarity alone would expect is within its slack of a full score.
SAME_WORDS: Final = 0.45
NOT_A_BELIEF = frozenset({Mark.MET, Mark.PARTIAL})  # marks a misconception cannot have


def grade(material: Material, judge: Judge, embedder: Embedder) -> Outcome:
    """Grade one answer, or say why it could not be graded.

    What the judge or the embedder raises passes through: the caller decides whether to retry.
    A judgement that does not fit the rubric is `Ungraded("judge_failed")`, never a score.
    """
    decided = gates.decide(material)
    if isinstance(decided, Ungraded):
        return decided
    barred = suspicious_spans(material.answer)
    suspected = bool(barred) or are_suspicious(*_texts_of_question(material))
    if decided is not None:
        return replace(decided, injection_suspected=suspected)
    judgement = judge.judge(material)
    fault = _fault(material.criteria, judgement.verdicts)
    if fault:
        return Ungraded("judge_failed", fault)
    by_id = {verdict.criterion_id: verdict for verdict in judgement.verdicts}
    verdicts = tuple(
        check_evidence(material.answer, by_id[c.id], barred) for c in material.criteria
    )
    score = scoring.score(material.criteria, verdicts)
    return Verdict(
        score=score,
        confidence=scoring.confidence(
            material.criteria, verdicts, score, similarity_of(material, embedder)
        ),
        verdicts=verdicts,
        feedback=judgement.feedback,
        injection_suspected=judgement.injection_suspected or suspected,
        doubts=judgement.doubts,
        usage=judgement.usage,
        model=judgement.model,
    )


def _texts_of_question(material: Material) -> tuple[str, ...]:
    criteria = (criterion.text for criterion in material.criteria)
    return (material.question, material.reference_answer, *criteria)


def _fault(criteria: tuple[Criterion, ...], verdicts: tuple[CriterionVerdict, ...]) -> str:
    """Say what is wrong with a judgement, or nothing."""
    kinds = {criterion.id: criterion.kind for criterion in criteria}
    given = [verdict.criterion_id for verdict in verdicts]
    if sorted(given) != sorted(kinds):
        missing = sorted(set(kinds) - set(given))
        unknown = sorted(set(given) - set(kinds))
        twice = sorted({name for name in given if given.count(name) > 1})
        parts = (("none for", missing), ("unknown", unknown), ("more than one for", twice))
        found = "; ".join(f"{what} {', '.join(names)}" for what, names in parts if names)
        return f"The judge's verdicts do not match the criteria: {found}."
    for verdict in verdicts:
        if kinds[verdict.criterion_id] is Kind.MISCONCEPTION and verdict.mark in NOT_A_BELIEF:
            return f"The judge marked the misconception {verdict.criterion_id} as {verdict.mark}."
        if not isfinite(verdict.confidence) or not 0 <= verdict.confidence <= 1:
            return f"The judge's confidence in {verdict.criterion_id} is not between 0 and 1."
    return ""


def similarity_of(material: Material, embedder: Embedder) -> float | None:
    """The cosine of answer and reference answer, or None without a reference.

    An answer that uses the reference's own words in number is near it, and is not embedded: that
    would cost more time than all the rest of grading it.
    """
    wanted = frozenset(content_stems(material.reference_answer))
    if not wanted:
        return None
    if len(wanted.intersection(content_stems(material.answer))) >= SAME_WORDS * len(wanted):
        return scoring.COSINE_OF_EVERYTHING
    answer, reference = embedder.embed([material.answer, material.reference_answer])
    return sum(a * b for a, b in zip(answer, reference, strict=True))
