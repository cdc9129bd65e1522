"""Telling text that says nothing from a short or clumsy answer. In doubt, it is an answer."""

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Final

from grading.grader.text import normalise, words

# Which letters often follow which inside English and technical words.
_PAIRS: Final = """
    a:bcdfgiklmnprstuvwxyz b:aceilorsuy c:acehikloprstuy d:abdegilmoprstuy
    e:abcdefghiklmnopqrstuvwxy f:aefilortuy g:aeghilnorsu h:aeilmortu i:abcdefgklmnoprstvxz
    j:aeou k:aeiosu l:abcdefiklmopstuvy m:abceilmopsuy n:acdefghiklnopstuvy
    o:abcdfgijklmnoprstuvwx p:adeghiloprstuy q:lu r:acdefgiklmnoprstuvy s:acdefhiklmnopqstuwy
    t:acdefhilmoprstuwy u:abcdefgilmnprst v:aeio w:aehinors x:ceipt y:aceilmnoprst z:aei
"""
COMMON_PAIRS: Final = frozenset(
    entry[0] + follower for entry in _PAIRS.split() for follower in entry[2:]
)
KEY_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
SPOKEN_RUNS: Final = frozenset({"erty", "trew"})  # as in "property" and "strew"

_LABELS: Final = """
    answer|my answer|response|output|thought process|thoughts|thinking|reasoning|explanation
    |analysis|solution|conclusion|summary|step 1|test|testing|placeholder|todo|tbd
"""
STRAY: Final = frozenset(" ".join(label.split()) for label in _LABELS.split("|"))
REPEATED: Final = re.compile(r"(\S{1,6}?)\1{4,}")

READABLE_PAIRS: Final = 0.5  # of a word's letter pairs, fewer than this are common: keys were hit
JUDGED_LENGTH: Final = 5  # letters; shorter words may be names and acronyms
ROW_RUN: Final = 4  # neighbouring keys in a row: "asdf", "lkjh"
MOSTLY: Final = 0.6  # of the letters of the answer
FEW_WORDS: Final = 6
SAID_AGAIN: Final = 3  # "bla bla bla"
VARIETY: Final = 0.2  # distinct words to all words; long honest texts come down to about 0.25


def is_gibberish(answer: str, *, known: Collection[str]) -> bool:
    """Say whether the answer holds no statement at all.

    `known` are words that count as words whatever they look like: those of the question, the
    reference answer and the criteria.
    """
    spoken = words(answer)
    if not spoken:
        return True
    return (
        _is_stray(answer)
        or _is_repetition(answer, spoken)
        or _is_key_mashing(spoken, frozenset(known))
    )


def _is_stray(answer: str) -> bool:
    return " ".join(words(answer)) in STRAY


def _is_repetition(answer: str, spoken: list[str]) -> bool:
    if len(spoken) >= FEW_WORDS and len(set(spoken)) / len(spoken) < VARIETY:
        return True
    if len(spoken) >= SAID_AGAIN and len(set(spoken)) == 1:
        return True
    compact = "".join(normalise(answer).split())
    repeated = sum(len(match[0]) for match in REPEATED.finditer(compact))
    return repeated > MOSTLY * len(compact)


def _is_key_mashing(spoken: list[str], known: frozenset[str]) -> bool:
    letters = sum(len(word) for word in spoken)
    mashed = sum(len(word) for word in spoken if word not in known and _is_mashed(word))
    return mashed > MOSTLY * letters


@lru_cache(maxsize=16_384)
def _is_mashed(word: str) -> bool:
    if not (word.isascii() and word.isalpha()):
        return False
    if any(_runs_along(word, row) or _runs_along(word, row[::-1]) for row in KEY_ROWS):
        return True
    if len(word) < JUDGED_LENGTH:
        return False
    pairs = [word[i : i + 2] for i in range(len(word) - 1)]
    return sum(pair in COMMON_PAIRS for pair in pairs) < READABLE_PAIRS * len(pairs)


def _runs_along(word: str, row: str) -> bool:
    runs = {row[i : i + ROW_RUN] for i in range(len(row) - ROW_RUN + 1)} - SPOKEN_RUNS
    return any(run in word for run in runs)
