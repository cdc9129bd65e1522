"""A regrade laid out for the page: what it would come to, how far it is, what it changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from grading.models import BatchRun
from grading.models.money import dollars
from grading.operations.batch_estimates import Estimate
from grading.queries.batches import Progress, progress
from interview.models import QuestionSet
from interview.operations.regrades import RegradeError, estimate_set
from interview.queries.regrades import set_run
from interview.web.money import about_dollars
from interview.web.ungraded import REASONS, UNKNOWN

KEPT = {
    "overtaken": "Somebody ruled on it meanwhile.",
    "stopped": "The regrade was stopped before it was its turn.",
    "no_batches": "The server that Claude is asked at takes no batches.",
}


@dataclass(frozen=True, slots=True)
class RegradeDesk:
    """``estimate`` is None while a run is under way, or when ``refused`` says why none can be."""

    question_set: QuestionSet
    run: BatchRun | None
    progress: Progress | None
    estimate: Estimate | None
    refused: str

    @property
    def under_way(self) -> bool:
        return self.run is not None and not self.run.is_done

    @property
    def price(self) -> str:
        """What it may come to, or nothing when that is not known."""
        known = self.estimate and self.estimate.micro_dollars
        return about_dollars(known) if known else ""

    @property
    def paid(self) -> str:
        return dollars(self.progress.micro_dollars if self.progress else 0)

    @property
    def kept(self) -> Sequence[tuple[str, int]]:
        """Why how many grades were kept."""
        reasons = self.progress.reasons if self.progress else ()
        return [(KEPT.get(reason) or REASONS.get(reason, UNKNOWN), n) for reason, n in reasons]


def regrade_desk(question_set: QuestionSet) -> RegradeDesk:
    run = set_run(question_set)
    estimate, refused = None, ""
    if run is None or run.is_done:
        try:
            estimate = estimate_set(question_set=question_set)
        except RegradeError as error:
            refused = str(error)
    found = progress(run) if run else None
    return RegradeDesk(question_set, run, found, estimate, refused)
