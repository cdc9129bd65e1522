"""What comes out of grading: a mark per criterion and a verdict, or the reason why not."""

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """Where an answer stands on one criterion.

    A required or bonus criterion can have any mark. A misconception is either CONTRADICTED
    (the answer asserts it) or NOT_MET (the answer does not).
    """

    MET = "met"
    PARTIAL = "partial"
    NOT_MET = "not_met"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Span:
    """Character offsets into `Material.answer`; `end` is exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CriterionVerdict:
    """A mark with its evidence, and how sure the judge is of it.

    `credit` is the share of the criterion's weight that is expected to be earned, from 0 to 1,
    for a judge that can tell it finer than by marks; None where the mark says it all. It counts
    for met and partial alone.
    """

    criterion_id: str
    mark: Mark
    evidence: tuple[Span, ...]
    justification: str = ""
    confidence: float = 1.0  # 0 to 1
    credit: float | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens a judgement took and what they cost, in millionths of a dollar."""

    input_tokens: int = 0
    cache_write_tokens: int = 0
    cache_read_tokens: int = 0
    output_tokens: int = 0
    micro_dollars: int = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a judge returns, before any of it is checked.

    `model` is the model that judged, where that is not the one the judge is named for. `doubts`
    are words for code that say why a person should look, see `grader.doubt`.
    """

    verdicts: tuple[CriterionVerdict, ...]
    feedback: str
    usage: Usage = Usage()
    injection_suspected: bool = False
    model: str = ""
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A grade: `score` and `confidence` from 0 to 1, one verdict per criterion in rubric order.

    `reason` names the gate that decided ("blank", "dont_know", "echo", "gibberish"), or is empty
    when a judge did.
    """

    score: float
    confidence: float
    verdicts: tuple[CriterionVerdict, ...]
    feedback: str
    reason: str = ""
    injection_suspected: bool = False
    usage: Usage = Usage()
    model: str = ""
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ungraded:
    """The answer could not be graded. Never a zero: `reason` is a word for code
    ("too_long", "no_criteria", "judge_failed"), `detail` a sentence for people.
    """

    reason: str
    detail: str


Outcome = Verdict | Ungraded
