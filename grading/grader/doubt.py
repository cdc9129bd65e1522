"""What speaks against letting a judgement stand as it is."""

from collections.abc import Callable, Sequence
from enum import StrEnum

from grading.grader import scoring
from grading.grader.evidence import check_evidence
from grading.grader.injection import suspicious_spans
from grading.grader.majority import Sample, agreement, is_unanimous, merge
from grading.grader.material import Material
from grading.grader.policy import Policy
from grading.grader.scoring import Opinion
from grading.grader.verdict import CriterionVerdict, Mark


class Doubt(StrEnum):
    """Why another reading is worth its price, and a person's look when there are no more."""

    UNSURE = "unsure"  # low confidence: the judge's own, or similarity says something else
    QUOTES = "quotes"  # credit was lost because none of its quotes are in the answer
    BORDERLINE = "borderline"  # the score is next to the line, or readings lie on both sides of it
    INJECTION = "injection"  # the answer speaks to the grader
    SPLIT = "split"  # readings do not agree
    NEIGHBOURS = "neighbours"  # an answer in nearly the same words has another grade
    GIVEN_UP = "given_up"  # a provisional grade, whose judge came and could not grade the answer


def doubts_of(
    material: Material,
    samples: Sequence[Sample],
    policy: Policy,
    opinion_of: Callable[[Sequence[CriterionVerdict], float], Opinion],
) -> tuple[Doubt, ...]:
    """What is still open after these readings; nothing when the judgement can stand.

    A second reading that says the same settles low confidence and a score next to the line.
    Manipulation might take in one model twice, so the strong one has to agree. After it, a split
    is open where too little agrees, or where it decides on which side of the line the score is.
    `opinion_of` is the second opinion on verdicts and their score, asked of the first reading.
    """
    barred = suspicious_spans(material.answer)
    judged = merge(samples)
    suspected = judged.injection_suspected or bool(barred)
    verdicts = tuple(
        check_evidence(material.answer, verdict, barred) for verdict in judged.verdicts
    )
    found = [Doubt.QUOTES] if _lost_credit(judged.verdicts, verdicts) else []
    if len(samples) == 1:
        return (*found, *_of_one(material, verdicts, policy, opinion_of, suspected))
    split = not is_unanimous(samples)
    if not any(sample.strong for sample in samples):
        found += [Doubt.SPLIT] if split else []
        found += [Doubt.INJECTION] if suspected else []
        return tuple(found)
    if split and agreement(material.criteria, samples) < policy.sure_from:
        found.append(Doubt.SPLIT)
    if split and _straddles(material, samples, policy):
        found.append(Doubt.BORDERLINE)
    found += [Doubt.INJECTION] if split and suspected else []
    return tuple(found)


def _of_one(
    material: Material,
    verdicts: tuple[CriterionVerdict, ...],
    policy: Policy,
    opinion_of: Callable[[Sequence[CriterionVerdict], float], Opinion],
    suspected: bool,
) -> list[Doubt]:
    score = scoring.score(material.criteria, verdicts)
    sure = scoring.confidence(material.criteria, verdicts, score, opinion_of(verdicts, score))
    return [
        doubt
        for doubt, is_there in (
            (Doubt.UNSURE, sure < policy.sure_from),
            (Doubt.BORDERLINE, abs(score - policy.pass_line) <= policy.near),
            (Doubt.INJECTION, suspected),
        )
        if is_there
    ]


def _lost_credit(given: Sequence[CriterionVerdict], checked: Sequence[CriterionVerdict]) -> bool:
    return any(
        before.mark is not Mark.NOT_MET and after.mark is Mark.NOT_MET
        for before, after in zip(given, checked, strict=True)
    )


def _straddles(material: Material, samples: Sequence[Sample], policy: Policy) -> bool:
    """Whether some reading alone would put the score on the other side of the line."""
    scores = [scoring.score(material.criteria, sample.judgement.verdicts) for sample in samples]
    return min(scores) < policy.pass_line <= max(scores)
