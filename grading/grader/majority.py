"""Several judgements of one answer made into one: the majority decides each criterion."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

from grading.grader.material import Criterion
from grading.grader.verdict import CriterionVerdict, Judgement, Mark, Usage

# Where votes are even and no stronger model has one, the lower mark stands.
LOWEST_FIRST: Final = (Mark.CONTRADICTED, Mark.NOT_MET, Mark.PARTIAL, Mark.MET)


@dataclass(frozen=True, slots=True)
class Sample:
    """One judgement of an answer; `strong` when it is the stronger model's."""

    judgement: Judgement
    strong: bool = False

    @property
    def marks(self) -> dict[str, Mark]:
        return {verdict.criterion_id: verdict.mark for verdict in self.judgement.verdicts}


def merge(samples: Sequence[Sample]) -> Judgement:
    """The judgement of the majority, of samples on the same criteria in the same order.

    A criterion's confidence is the share of samples that agree on it, times the best confidence
    among these; its evidence and reason are that one's. Feedback is the first sample's among those
    that agree most with what was decided. Raises ValueError without a sample.
    """
    if not samples:
        raise ValueError("There is no judgement to go by.")
    if len(samples) == 1:
        return samples[0].judgement
    verdicts = tuple(
        _majority([(sample, sample.judgement.verdicts[at]) for sample in samples])
        for at in range(len(samples[0].judgement.verdicts))
    )
    decided = {verdict.criterion_id: verdict.mark for verdict in verdicts}
    speaker = max(samples, key=lambda sample: len(sample.marks.items() & decided.items()))
    return Judgement(
        verdicts=verdicts,
        feedback=speaker.judgement.feedback,
        usage=add_up([sample.judgement.usage for sample in samples]),
        injection_suspected=any(sample.judgement.injection_suspected for sample in samples),
        model=" + ".join(dict.fromkeys(sample.judgement.model for sample in samples)),
    )


def _majority(votes: Sequence[tuple[Sample, CriterionVerdict]]) -> CriterionVerdict:
    def weight(mark: Mark) -> tuple[int, int, int]:
        given = [sample for sample, verdict in votes if verdict.mark is mark]
        return len(given), sum(sample.strong for sample in given), -LOWEST_FIRST.index(mark)

    mark = max({verdict.mark for _, verdict in votes}, key=weight)
    agreeing = [verdict for _, verdict in votes if verdict.mark is mark]
    best = max(agreeing, key=lambda verdict: verdict.confidence)
    return replace(best, confidence=best.confidence * len(agreeing) / len(votes))


def is_unanimous(samples: Sequence[Sample]) -> bool:
    return all(sample.marks == samples[0].marks for sample in samples)


def agreement(criteria: Sequence[Criterion], samples: Sequence[Sample]) -> float:
    """From 0 to 1, the mean share of samples behind what was decided, by weight of criterion."""
    decided = merge(samples).verdicts
    behind = {
        verdict.criterion_id: sum(
            sample.marks[verdict.criterion_id] is verdict.mark for sample in samples
        )
        for verdict in decided
    }
    whole = float(sum(criterion.weight for criterion in criteria))
    shared = sum(float(criterion.weight) * behind[criterion.id] for criterion in criteria)
    return shared / (whole * len(samples))


def add_up(usages: Sequence[Usage]) -> Usage:
    """What all of them took together."""
    names = [field.name for field in fields(Usage)]
    return Usage(**{name: sum(getattr(usage, name) for usage in usages) for name in names})
