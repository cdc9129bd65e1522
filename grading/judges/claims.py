"""What a clause asserts, compared by words and by sign: does it say the opposite of another?"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from grading.grader.text import STOPWORDS, normalise, stem, words

# "without" is not among them: "without X, Y fails" and "X, or else Y fails" say the same.
NEGATIONS: Final = frozenset(
    {"not", "no", "never", "cannot", "nobody", "nothing", "none", "neither", "nor"}
)
# All that end in "n't", also where that is a word of its own, and as people type them: "isnt",
# "dont", "isn"t" with another sign, and "cannot" with a slip.
CONTRACTED: Final = re.compile(
    r"(?:is|are|was|were|does|did|has|have|had|could|would|should)n(?:'?t)?"
    r"|(?:do|ca|wo|must|need)nt|\w*n't|c(?=[an]*a)(?=[an]*n)[an]{2,5}ot|cannto"
)
FALSELY: Final = re.compile(
    r"\b(?:false|untrue|incorrect|wrong) (?:that|to)\b"  # "not true that" denies by its "not"
    r"|\ba (?:myth|lie|misconception|fallacy) (?:that|to)\b|\bhardly (?:true|correct|the case)\b"
    r"|\bthe opposite of\b|\btoo \w+ to\b"  # "too large to pass" does not pass
)
SAYS_NOTHING: Final = re.compile(  # the place in a list, and "no" to the question
    r"(?:^|(?<=\s))\(?\d{1,2}[.)](?=\s|[a-z(])|^(?:no|yes)[,.:;] "
)
OPEN_ENDED: Final = re.compile(r"\bor not\b|\bnot only\b")  # "whether or not" denies nothing
SIGNS: Final = frozenset(map(stem, NEGATIONS)) | {"true", "fals", "cas", "wrong", "incorrect"}
SAME: Final = 0.6  # share of content words from which two claims are about the same thing
LEAST_WORDS: Final = 2  # a claim of one content word is about too much
_OPPOSITES: Final = """
    increase decrease|increasing decreasing|more less|more fewer|higher lower|high low|raise lower
    |large small|larger smaller|bigger smaller|big small|fast slow|faster slower|open closed
    |same different|positive negative|above below|before after|always never|hot cold
    |warmer cooler|harder softer|harder easier|hard easy|strong weak|stronger weaker|long short
    |longer shorter|heavier lighter|attract repel|complete incomplete|connected disconnected
    |connected separated|maximum minimum|most least|inside outside|gain lose|add remove|begin end
    |start stop|static dynamic|local global|public private|internal external|parallel series
    |thick thin|thicker thinner|deep shallow|even odd|best worst|better worse|top bottom|many few
    |with without|directly inversely|equal unequal|constant variable|discrete continuous
    |qualitative quantitative|ascending descending|melt freeze|evaporate condense|push pull
    |expand contract|linear exponential|early late|earlier later|frozen trained|read write
    |cheap expensive|increase reduce|improve worsen|sparse dense|left right|first last
    |enable prevent|allow prevent|cause prevent
"""
OPPOSITES: Final[defaultdict[str, set[str]]] = defaultdict(set)
for _pair in "".join(_OPPOSITES.split("\n")).split("|"):
    _one, _other = map(stem, _pair.split())
    OPPOSITES[_one].add(_other)
    OPPOSITES[_other].add(_one)
TURNED: Final = frozenset(OPPOSITES)  # words that have an opposite: few do


@dataclass(frozen=True, slots=True)
class Claim:
    words: frozenset[str]  # stems, function words included
    content: frozenset[str]  # stems of what it is about, without signs
    negative: bool
    numbers: frozenset[str]


def claim(text: str) -> Claim:
    said = SAYS_NOTHING.sub(" ", normalise(text))
    text = " ".join(_without_the_other_side(words(said)))
    spoken = words(text)
    numbers = frozenset(word for word in spoken if word[0].isdigit())
    telling = (word for word in spoken if word not in STOPWORDS and not CONTRACTED.fullmatch(word))
    content = frozenset(map(stem, telling)) - SIGNS - numbers
    return Claim(frozenset(map(stem, spoken)), content, is_negative(text), numbers)


def _without_the_other_side(spoken: list[str]) -> list[str]:
    """ "Higher, not lower" says no more than "higher"."""
    stems = set(map(stem, spoken))
    left = list(spoken)
    for at in range(len(spoken) - 1, 0, -1):
        if spoken[at - 1] == "not" and not stems.isdisjoint(OPPOSITES.get(stem(spoken[at]), ())):
            del left[at - 1 : at + 1]
    return left


def is_negative(text: str) -> bool:
    """Whether a sentence denies: an odd number of negations."""
    said = OPEN_ENDED.sub(" ", SAYS_NOTHING.sub(" ", normalise(text)))
    denials = sum(word in NEGATIONS or bool(CONTRACTED.fullmatch(word)) for word in words(said))
    return (denials + len(FALSELY.findall(said))) % 2 == 1


def overlap(one: Claim, other: Claim) -> float:
    """The share of content words that both use; a word and its opposite are the same subject."""
    if min(len(one.content), len(other.content)) < LEAST_WORDS:
        return 0.0
    swapped = sum(
        not OPPOSITES[word].isdisjoint(one.words) for word in TURNED & (other.content - one.content)
    )
    shared = len(one.content & other.content) + swapped
    return shared / max(len(one.content), len(other.content))


def opposes(one: Claim, other: Claim) -> bool:
    """Whether two claims about the same thing differ in sign: by denial, by an opposite word, or
    with other numbers."""
    if one.numbers and other.numbers and one.numbers.isdisjoint(other.numbers):
        return True
    swapped = any(
        OPPOSITES[word] & (one.words - other.words) for word in TURNED & (other.words - one.words)
    )
    return (one.negative != other.negative) != swapped


def denies(said: Claim, true: Iterable[Claim]) -> bool:
    """Whether the nearest of the true claims is said with the opposite sign."""
    found = [(overlap(said, other), other) for other in true]
    nearest = max((share for share, _ in found), default=0.0)
    if nearest < SAME:
        return False
    return all(opposes(said, other) for share, other in found if share == nearest)
