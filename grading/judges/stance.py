"""What a candidate does with what was said: stands by it, takes it back, or leaves it open."""

import re
from collections.abc import Sequence
from typing import Final

from grading.grader.text import Clause, normalise

_WRONG: Final = (
    r"(?:wrong|false|incorrect|untrue|mistaken|nonsense|a mistake"
    r"|not (?:true|correct|right|so|the case))"
)
_WHOLE: Final = (
    r"(?:(?:all|everything|nothing|none|any|most)(?: of)?(?: (?:that|which|what|this|the))?"
    r"|what|whatever|my answer|(?:this|that|the) (?:whole )?answer)"
)
ALL_BACK: Final = re.compile(
    rf"\b{_WHOLE} (?:i|i've|i have|is|was|above|here|said|written|before)\b.{{0,60}}\b{_WRONG}\b"
    r"|\b(?:all|none|nothing|any) of (?:the above|that|this|it)\b.{0,40}"
    rf"\b(?:{_WRONG}|true|correct|right)\b"
    rf"|\b(?:above|previous|foregoing)\b.{{0,40}}\b(?:is|was|are|were)\b.{{0,12}}\b{_WRONG}\b"
    r"|\b(?:ignore|disregard|forget|scrap|scratch|strike|retract|withdraw)"
    r" (?:(?:all|everything|what) (?:i|of (?:that|this|it|the above))|my answer|it all)\b"
    r"|\bi (?:must |want to )?(?:take|retract|withdraw)\b.{0,30}"
    r"\b(?:back|all|answer|everything)\b"
    r"|\bi was (?:wrong|mistaken)\b"
    r"|\bthe (?:exact |complete |very )?opposite (?:of (?:it|that|this) )?(?:is|was|holds)\b"
    r"|\b(?:it is|it's) (?:actually |really |exactly |just )?the (?:exact |very )?"
    r"(?:opposite|other way|reverse)\b"
)
ALL_AHEAD: Final = re.compile(
    r"\b(?:none|nothing|not any) of (?:the following|what follows|this|these)\b.{0,40}"
    r"\b(?:true|right|correct)\b"
    rf"|\b(?:the following|what follows)\b.{{0,30}}\b{_WRONG}\b"
    r"|\bopposite of (?:the following|what follows)\b"
)
ONE_BACK: Final = re.compile(
    r"^(?:(?:actually|wait|no|sorry|hmm|but|and|well|in fact|on second thoughts?|on reflection"
    r"|correction)[,.: -]*)*(?:that|this|it|which)(?:'s| is| was)"
    rf"(?: all| actually| completely| totally| simply| just| entirely)* {_WRONG}\b"
)
LEFT_OPEN: Final = re.compile(
    r"\bor (?:it |that |this )?(?:could|might|may|would|can)(?: also| just as well)? be the "
    r"(?:opposite|other way|reverse|contrary)"
    r"|\bone of (?:these|those|the two)(?: two)?(?: statements| answers)?"
    r" (?:is|must be|will be|should be) (?:right|correct|the answer)"
    r"|\bor (?:maybe |perhaps |possibly )?(?:exactly )?the (?:opposite|reverse|other way)"
    r"|\bi (?:cannot|can't|can not|could not|couldn't) (?:say|tell|decide) which"
    r"|\bnot sure which\b|\beither this (?:holds|is)\b|\bor else this (?:does|is|holds)\b"
    r"|\beither (?:could|may|might) be (?:right|true|correct)\b"
)


def taken_back(clauses: Sequence[Clause]) -> frozenset[int]:
    """The numbers of the clauses that the answer itself calls wrong, the saying so included."""
    back: set[int] = set()
    for number, clause in enumerate(clauses):
        said = normalise(clause.text)
        if ALL_AHEAD.search(said):
            back.update(range(number, len(clauses)))
        elif ALL_BACK.search(said) and number:
            back.update(range(number + 1))
        elif ONE_BACK.search(said) and number:
            back.update((number - 1, number))
    return frozenset(back)


def leaves_open(answer: str) -> bool:
    """Whether the answer offers a statement and its opposite for the grader to choose from."""
    return bool(LEFT_OPEN.search(normalise(answer)))
