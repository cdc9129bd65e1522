"""Whether words stand in an order that English would give them.

Words fall into some twenty classes (articles, prepositions, auxiliaries, endings). Which class
follows which was counted over ordinary prose; shuffled words, and terms strung together, follow
one another in ways that prose hardly ever does.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from grading.grader.text import STOPWORDS, words

_CLASSES: Final = {
    "article": "a an the this these those its their his her my your our each every some any"
    " all both another",
    "preposition": "of in on at by for from with into onto over under between through during"
    " about across within without per via against along around after before",
    "to": "to",
    "be": "is are was were be been being am",
    "have": "has have had having",
    "do": "do does did",
    "modal": "can could may might will would shall should must cannot",
    "and": "and or but nor",
    "subordinator": "if when while because since as than whether although though where unless"
    " until so thus therefore then",
    "relative": "that which who whom whose what how why",
    "pronoun": "it they he she we you i them him us me there itself one",
    "not": "not never no",
    "adverb": "very also just only more most less least too even still always often well much",
}
CLASS_OF: Final = {word: name for name, listed in _CLASSES.items() for word in listed.split()}
# Ending and the least length of a word that has it.
ENDINGS: Final = (("ing", 6), ("ed", 5), ("ly", 5), ("tion", 6), ("al", 5), ("s", 4))
NAMES: Final = frozenset("bcdefghjklmnopqruvwxyz")  # letters that name things
RUN: Final = re.compile(r"[,;:.!?()|/\n]| [-–—] ")  # noqa: RUF001 - dashes are pauses
TABLE: Final = Path(__file__).with_name("word_order.json")

# Mean association of neighbours: about .2 in prose; 97% of what people write in the graded sets
# lies above -.15, and half of the same words shuffled below -.35.
SHUFFLED: Final = -0.35
ORDERLY: Final = -0.15
FEW: Final = 12  # neighbours, below which order says too little
MANY: Final = 40  # neighbours, from which chance has little left to say …
LENGTH_TELLS: Final = 0.2  # … and so much more association is asked for
STRUNG: Final = 5  # words in a row
FUNCTIONAL: Final = 0.2  # share of function words below which they are only strung together
TERMS: Final = 5  # bare terms between pauses make a list of keywords
TERM: Final = 2  # words

Pair = tuple[str, str]


def neighbours(text: str) -> list[Pair]:
    """The classes of every two words that follow each other; "|" stands for a pause."""
    # Where things are called B and C, "a" is a name as well.
    named = bool(NAMES.intersection(words(text)))
    pairs: list[Pair] = []
    for run in RUN.split(text):
        classes = [_class(word, named=named) for word in words(run)]
        if classes:
            pairs += zip(["|", *classes], [*classes, "|"], strict=True)
    return pairs


@lru_cache(maxsize=16_384)
def _class(word: str, *, named: bool) -> str:
    if len(word) == 1 and word.isalpha() and (named or word not in CLASS_OF):
        return "word"
    if word in CLASS_OF:
        return CLASS_OF[word]
    if word.endswith("n't"):
        return "modal not"
    if word[0].isdigit():
        return "number"
    for ending, least in ENDINGS:
        if word.endswith(ending) and len(word) >= least and not word.endswith("ss"):
            return ending
    return "word"


def count(texts: Iterable[str]) -> dict[str, dict[str, int]]:
    """How often which class follows which: the table in `word_order.json`."""
    table: dict[str, Counter[str]] = {}
    for text in texts:
        for first, second in neighbours(text):
            table.setdefault(first, Counter())[second] += 1
    return {first: dict(sorted(row.items())) for first, row in sorted(table.items())}


@cache
def _association() -> dict[Pair, float]:
    """The log of how much oftener two classes are neighbours than chance would have it."""
    table: dict[str, dict[str, int]] = json.loads(TABLE.read_text())["followers"]
    first = {name: sum(row.values()) for name, row in table.items()}
    second: Counter[str] = Counter()
    for row in table.values():
        second.update(row)
    total = sum(first.values())
    return {
        (one, other): math.log(
            (table[one].get(other, 0) + 1) / (first[one] * second[other] / total + 1)
        )
        for one in first
        for other in second
    }


def orderliness(text: str) -> float:
    """From 0 for words in no order to 1 for prose, and for texts too short to tell."""
    pairs = neighbours(text)
    if len(pairs) < FEW:
        return 1.0
    table = _association()
    mean = sum(table.get(pair, 0.0) for pair in pairs) / len(pairs)
    if len(pairs) >= MANY:
        mean -= LENGTH_TELLS
    return min(max((mean - SHUFFLED) / (ORDERLY - SHUFFLED), 0.0), 1.0)


def is_keywords(text: str) -> bool:
    """Whether a text is mostly terms without grammar, strung together or listed."""
    runs = [found for found in map(words, RUN.split(text)) if found]
    most = sum(map(len, runs)) / 2
    strung = [run for run in runs if _is_strung(run)]
    bare = [run for run in runs if len(run) <= TERM and not STOPWORDS.intersection(run)]
    return sum(map(len, strung)) > most or (len(bare) >= TERMS and sum(map(len, bare)) > most)


def _is_strung(run: list[str]) -> bool:
    functional = sum(word in STOPWORDS for word in run)
    return len(run) >= STRUNG and functional < FUNCTIONAL * len(run)
