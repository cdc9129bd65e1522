"""A ladder of judges: the next one is asked only while the readings so far leave a doubt."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from grading.grader.doubt import Doubt, doubts_of
from grading.grader.majority import Sample, merge
from grading.grader.material import Material
from grading.grader.opinion import SecondOpinion
from grading.grader.policy import Policy
from grading.grader.seam import Embedder
from grading.grader.verdict import Judgement
from grading.judges.base import Judge, JudgeError, RetryLater

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rung:
    """A judge, made when it is its turn; `strong` when its word decides an even vote."""

    make: Callable[[], Judge]
    strong: bool = False


class CascadeJudge:
    """Asks judges in turn until there is no doubt; what then remains in doubt is for a person."""

    def __init__(
        self,
        rungs: Sequence[Rung],
        embedder: Embedder,
        policy: Policy,
        may_read_anew: Callable[[], bool] = lambda: True,
    ) -> None:
        self._may_read_anew = may_read_anew
        self._first = rungs[0].make()
        self._others = rungs[1:][: policy.extra_calls]
        self._embedder = embedder
        self._policy = policy

    @property
    def name(self) -> str:
        return self._first.name

    @property
    def model(self) -> str:
        return self._first.model

    @property
    def prompt_version(self) -> str:
        return self._first.prompt_version

    def judge(self, material: Material) -> Judgement:
        """Raises what the first judge raises, and `RetryLater` of the others where the wait is
        known and the readings so far may be thrown away for it: otherwise they stand, and a person
        looks at them."""
        first = self._first.judge(material)
        samples = [Sample(first)]
        opinion_of = SecondOpinion(material, self._embedder).of
        doubts = doubts_of(material, samples, self._policy, opinion_of)
        for rung in self._others:
            if not doubts or self._is_fallback(first):
                break
            sample = self._ask(rung, material)
            if sample is None:
                break
            samples.append(sample)
            doubts = doubts_of(material, samples, self._policy, opinion_of)
        return replace(merge(samples), doubts=_worth_a_look(doubts))

    def _ask(self, rung: Rung, material: Material) -> Sample | None:
        """Another reading; None when there is none to be had now."""
        try:
            return Sample(rung.make().judge(material), strong=rung.strong)
        except RetryLater as error:
            # going too fast: the whole answer can come back
            if error.wait_seconds is not None and self._may_read_anew():
                raise
            logger.warning("No further reading: %s", error)
        except JudgeError as error:
            logger.warning("No further reading: %s", error)
        return None

    def _is_fallback(self, first: Judgement) -> bool:
        """Whether the first model declined: it would decline again, and the other has spoken."""
        return first.model not in {"", self._first.model}


def _worth_a_look(doubts: Sequence[Doubt]) -> tuple[str, ...]:
    return tuple(doubt.value for doubt in doubts)
