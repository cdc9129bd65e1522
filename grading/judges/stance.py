"""What a candidate does with what was said: stands by it, takes it back, or leaves it open.

Only a clause that says so of the answer itself counts, and without a condition: "the answer is
wrong" may be about a model's answer, and "it is false if p is true" is a statement like any other.
"""

import re
from collections.abc import Sequence
from typing import Final

from grading.grader.text import Clause, normalise

# Where a clause, or a sentence within one, begins: after what leads up to it.
_START: Final = (
    r"(?:^|[,;:.] ?"
    r"|\b(?:but|and|so|yet|now|actually|sorry|that|think|believe|admit|reflection)[,:]? )"
    r"(?:(?:actually|sorry|wait|no|hmm|well|correction|please|in fact|in truth"
    r"|on second thoughts?|on reflection|i (?:now )?(?:think|believe|realise|realize|see))[,.:]? )"
    r"{0,3}"  # bounded, as every repetition here: whoever repeats a word gains no time of ours
)
_END: Final = (
    r"(?=\W*$|[,;:.!]| ?-|(?: too)? (?:and|but|so|though|because|since|sorry|of course)\b)"
)
_SURELY: Final = r"(?: (?:all|actually|completely|totally|simply|just|entirely|really|quite)){0,3}"
_WRONG: Final = (
    r"(?:wrong|false|incorrect|untrue|mistaken|nonsense|rubbish|made up|a (?:mistake|lie)|lies"
    r"|not (?:true|correct|right|so|the case))"
)
_RIGHT: Final = r"(?:true|correct|right|the case)"
_OPPOSITE: Final = r"(?:exact |complete |very )?(?:opposite|reverse|other way(?: round| around)?)"
_SAID: Final = (
    r"(?:that |which )?(?:i|i've|i have|we)(?: have| had| just){0,2} "
    r"(?:said|say|wrote|write|written|stated|claimed|gave|given|told)"
)
_ALL_SAID: Final = (
    rf"(?:(?:all|everything|most|what|whatever)(?: of)?(?: (?:that|what|this))? ?{_SAID}"
    r"|(?:all|everything)(?: (?:that|which))?(?: (?:is|was|stands))?"
    r" (?:above|here|before|so far|said|written)"
    r"|(?:all|most) of (?:the above|that|this|it)"
    r"|(?:all )?(?:the|my) (?:above|previous|foregoing|preceding)"
    r"(?: (?:answers?|statements?|claims?|points?|sentences?|explanations?|text))?"
    r"|(?:my|this|the whole|the above)(?: \w+)? answer)"
)
ALL_BACK: Final = re.compile(
    rf"{_START}{_ALL_SAID}\b(?:[^,;:.]{{0,30}})? (?:is|was|are|were){_SURELY} {_WRONG}{_END}"
    rf"|{_START}(?:none|nothing|not any)(?: of (?:the above|that|this|it)| {_SAID})\b"
    rf"[^,;:.]{{0,30}} (?:is|was){_SURELY} {_RIGHT}{_END}"
    rf"|{_START}(?:ignore|disregard|forget|scrap|scratch|strike|retract|withdraw) "
    rf"(?:(?:all|everything|what)(?: of)?(?: that| this| it| the above| {_SAID}| above)"
    r"|my(?: \w+)? answer|(?:it|that) all)\b"
    rf"|{_START}i (?:must |have to |want to |would like to |will )?"
    r"(?:take (?:it(?: all)?|that|this|all(?: of (?:it|that|this))?|everything|my \w+|what i \w+)"
    r"(?: i \w+)?(?: above| here)? back\b(?! to\b)"
    r"|take back (?:it|that|this|all|everything|my|what)\b"
    r"|(?:retract|withdraw) (?:it|that|this|all|everything|my|what)\b)"
    rf"|{_START}(?:that|this|it)(?:'s| is| was) all {_WRONG}{_END}"
    rf"|{_START}(?:i'm |i am |i was )?(?:just|only) (?:kidding|joking){_END}"
    rf"|{_START}i was (?:wrong|mistaken) (?:about|in) (?:all|everything|it all|the above)\b"
    rf"|{_START}the {_OPPOSITE} of (?:it|that|this|all|everything|the above|what i)\b"
    r".{0,30} (?:is|was|holds)\b"
)
ALL_AHEAD: Final = re.compile(
    rf"{_START}(?:none|nothing|not any) of (?:the following|what follows|this|these)\b"
    rf"[^,;.]{{0,40}}\b{_RIGHT}{_END}"
    rf"|{_START}(?:all of |everything in )?(?:the following|what follows)\b[^,;.]{{0,30}}"
    rf" (?:is|are){_SURELY} {_WRONG}{_END}"
    r"|\bopposite of (?:the following|what follows)\b"
)
ONE_BACK: Final = re.compile(
    rf"{_START}(?:(?:that|this)(?:'s| is| was){_SURELY} {_WRONG}{_END}"
    rf"|(?:scratch|strike|forget|ignore|disregard) (?:that|this|it){_END}"
    rf"|i was{_SURELY} (?:wrong|mistaken)(?: about (?:that|this|it))?{_END}"
    rf"|the {_OPPOSITE} (?:(?:is|was) {_RIGHT}|holds){_END}"
    rf"|(?:it's|it is|it was){_SURELY} the {_OPPOSITE}{_END})"
)
LEFT_OPEN: Final = re.compile(
    r"\bor (?:it |that |this )?(?:could|might|may|would|can)(?: also| just as well)? be the "
    rf"{_OPPOSITE}"
    rf"|\bor (?:maybe|perhaps|possibly)(?: exactly| it is| it's)? the {_OPPOSITE}"
    r"|\bone of (?:these|those|the two)(?: two)?(?: statements| answers)?"
    r" (?:is|must be|will be|should be) (?:right|correct|the answer)\b"
    r"|\b(?:i (?:cannot|can't|can not|could not|couldn't) (?:say|tell|decide)"
    r"|(?:i am|i'm|^) ?not sure) which(?: one)?(?: of (?:them|these|those|the two))?"
    rf"(?: (?:is|holds)(?: {_RIGHT})?)?\W*(?:$|[.!])"
    r"|\beither this (?:holds|is)\b|\bor else this (?:does|is|holds)\b"
    r"|\beither (?:could|may|might) be (?:right|true|correct)\b"
)


def taken_back(clauses: Sequence[Clause]) -> frozenset[int]:
    """The numbers of the clauses that the answer itself calls wrong, the saying so included."""
    back: set[int] = set()
    for number, clause in enumerate(clauses):
        said = normalise(clause.text)
        is_all_back = number > 0 and ALL_BACK.search(said) is not None
        is_last = number + 1 == len(clauses)  # then "none of this" points back
        if ALL_AHEAD.search(said) and not (is_all_back and is_last):
            back.update(range(number, len(clauses)))
        elif is_all_back:
            back.update(range(number + 1))
        elif ONE_BACK.match(said) and number:
            back.update((number - 1, number))
    return frozenset(back)


def leaves_open(answer: str) -> bool:
    """Whether the answer offers a statement and its opposite for the grader to choose from."""
    return bool(LEFT_OPEN.search(normalise(answer)))
