"""One answer from material to outcome: gates, judge, checks, evidence, score, second opinion."""

from dataclasses import replace
from math import isfinite

from grading.grader import gates, scoring
from grading.grader.evidence import check_evidence
from grading.grader.injection import are_suspicious, suspicious_spans
from grading.grader.material import Criterion, Kind, Material
from grading.grader.opinion import SecondOpinion
from grading.grader.seam import Embedder, Judge
from grading.grader.verdict import CriterionVerdict, Mark, Outcome, Ungraded, Verdict

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
            material.criteria,
            verdicts,
            score,
            SecondOpinion(material, embedder).of(verdicts, score),
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
