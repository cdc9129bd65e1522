"""Grading many answers to learn about the grader. Nothing is stored but what it cost."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

from grading.agreement.datasets import Row
from grading.agreement.estimates import Estimate, Notebook, estimate_of, fingerprint, key_of
from grading.grader.material import Criterion, Kind, Material
from grading.grader.pipeline import grade
from grading.grader.seam import Embedder
from grading.grader.verdict import Outcome, Ungraded
from grading.judges.base import JudgeError, RetryLater, Unjudgeable
from grading.judges.hooks import Hooks
from grading.models import BatchRun
from grading.operations.backoff import backoff
from grading.operations.batches import RegradeError, takes_batches
from grading.operations.budget import ensure_account
from grading.operations.calibration import (
    ACCOUNT,
    forget_calibration,
    open_calibration,
    place_of,
    read_estimates,
)
from grading.operations.drafts import draft_criteria
from grading.operations.following import follow
from grading.operations.judging import make_embedder, make_judge
from grading.operations.open_calls import Tab
from grading.operations.policies import site_policy

__all__ = ["Examiner", "JudgeError", "RegradeError", "draft_material"]

ATTEMPTS: Final = 6  # of one answer that a judge asks to send again later
VECTORS: Final = 4096  # kept in memory while measuring, about 50 MB
GRADING: Final = Path(__file__).resolve().parent.parent


class Examiner:
    """The whole pipeline with one judge; waits when the judge asks for time.

    With a `folder`, estimates are kept in a file there, one a judge and state of our code, and no
    answer is graded twice: a run that was stopped goes on where it stopped. Raises ValueError for
    an unknown judge; grading raises `JudgeError` when no call will work.
    """

    def __init__(
        self,
        *,
        judge: str = "",
        folder: Path | None = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._embedder = RecentEmbedder(make_embedder())
        tab = Tab(_account_id)
        hooks = Hooks(record=tab.settle, before_call=tab.open, not_sent=tab.drop)
        self.judge = make_judge(self._embedder, hooks=hooks, name=judge)
        self._notebook = Notebook(folder / f"{self.mark}.jsonl" if folder else None)
        self._wait = wait

    @property
    def mark(self) -> str:
        """Names the judge and the code that grades: estimates under one mark belong together."""
        code = fingerprint(GRADING / room for room in ("grader", "judges", "embedders"))
        judge = self.judge
        parts = [judge.name, judge.model, judge.prompt_version, code]
        if judge.name == "claude":
            parts.append(hashlib.sha256(repr(site_policy()).encode()).hexdigest()[:8])
        return "-".join(part.replace("/", "_") for part in parts)

    def judge_together(
        self, materials: Iterable[Material], show: Callable[[BatchRun], None]
    ) -> None:
        """Send what is not known yet by batches, where the judge is Claude and its server takes
        them: then `estimate` has it at hand. `show` is called after each look at them.

        Raises RegradeError while another process does the same.
        """
        if self.judge.name != "claude" or not takes_batches():
            return
        unknown = {key_of(one): one for one in materials}
        unknown = {key: one for key, one in unknown.items() if key not in self._notebook}
        if not unknown:
            return
        run = open_calibration(materials=unknown, judge=self.judge.name, mark=self.mark)
        found = read_estimates(run=follow(run=run, show=show, wait=self._wait))
        for key, material in unknown.items():
            if (estimate := found.get(place_of(material))) is not None:
                self._notebook.note(key, estimate)
        forget_calibration(run=run)

    def estimate(self, material: Material) -> Estimate:
        key = key_of(material)
        known = self._notebook.look_up(key)
        if known is None:
            started = time.perf_counter()
            outcome = self._grade(material)
            known = estimate_of(outcome, time.perf_counter() - started)
            self._notebook.note(key, known)
        return known

    def estimate_row(self, row: Row) -> Estimate:
        """Grade against each alternative reference and keep the best: any of them is right."""
        tried = [self.estimate(material) for material in materials_of(row)]
        best = max(tried, key=lambda one: -1.0 if one.score is None else one.score)
        return Estimate(
            best.score,
            best.confidence,
            best.reason,
            flagged=any(one.flagged for one in tried),
            seconds=sum(one.seconds for one in tried),
            micro_dollars=sum(one.micro_dollars for one in tried),
            batched=any(one.batched for one in tried),
        )

    def _grade(self, material: Material) -> Outcome:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return grade(material, self.judge, self._embedder)
            except Unjudgeable as error:
                return Ungraded(error.reason, str(error))
            except RetryLater as error:
                if attempt == ATTEMPTS:
                    raise
                asked = error.wait_seconds
                self._wait(backoff(attempt) if asked is None else asked)
        raise AssertionError("the last attempt returns or raises")


def _account_id() -> int | None:
    account = ensure_account(keys=(ACCOUNT,))
    return account.pk if account else None


class RecentEmbedder:
    """Remembers the vectors of the latest texts: in production they are stored, and a reference
    is never read twice."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name = embedder.name
        self.dimensions = embedder.dimensions
        self._vectors: OrderedDict[str, list[float]] = OrderedDict()

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        new = list(dict.fromkeys(text for text in texts if text not in self._vectors))
        self._vectors.update(zip(new, self._embedder.embed(new), strict=True))
        for text in texts:
            self._vectors.move_to_end(text)
        found = [self._vectors[text] for text in texts]
        while len(self._vectors) > VECTORS:
            self._vectors.popitem(last=False)
        return found


def materials_of(row: Row) -> list[Material]:
    """The answer against each reference that is right."""
    return [draft_material(row.question, reference, row.answer) for reference in row.references]


def draft_material(question: str, reference: str, answer: str) -> Material:
    """An answer beside the rubric that an import would draft for this question."""
    return Material(question, reference, _drafted(question, reference), answer)


@lru_cache(maxsize=1024)
def _drafted(question: str, reference: str) -> tuple[Criterion, ...]:
    rows = draft_criteria(question=question, reference_answer=reference)
    return tuple(
        Criterion(f"c{place}", row.text, Kind(row.kind), row.weight)
        for place, row in enumerate(rows, start=1)
    )


def with_criteria(material: Material) -> Material:
    """The same, with drafted criteria where it has none."""
    if material.criteria:
        return material
    return draft_material(material.question, material.reference_answer, material.answer)
