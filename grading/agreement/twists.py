"""Texts turned into other texts, always in the same way: denied, shuffled, halved, spoken.

The twists need no model, so they are crude; each says what it keeps and what it breaks.
"""

import re
from collections.abc import Callable
from random import Random
from typing import Final

from grading.grader.text import STOPWORDS, WORD, clauses, plain

DENIALS: Final = (
    (
        re.compile(r"\b(can|could|would|should|does|do|did|is|are|was|were|has|have|had)n't\b"),
        r"\1",
    ),
    (re.compile(r"\bcannot\b"), "can"),
    (re.compile(r"\b(?:not|never) "), ""),
    (re.compile(r"\bwithout\b"), "with"),
    (re.compile(r"\bneither\b(.*?)\bnor\b"), r"both\1and"),
)
AUXILIARY: Final = re.compile(
    r"\b(is|are|was|were|can|could|may|might|must|will|would|should|does|do|has|have|had)\b(?! not)"
)
NUMBER: Final = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")
FILLERS: Final = ("um, ", "uh, ", "you know, ", "like, ", "so, ", "I mean, ")
BETWEEN_FILLERS: Final = 8  # words
BETWEEN_ERRORS: Final = 15  # words
LONG: Final = 6  # letters from which a word is misspelt


def sentences(text: str) -> list[str]:
    """The clauses without Markdown and code, each ended like a sentence."""
    spoken = (clause.text.rstrip(" .;:,") for clause in clauses(text) if not clause.is_code)
    return [f"{said}." if said[-1:] not in "!?" else said for said in spoken if said]


def prose(text: str) -> str:
    return " ".join(sentences(text))


def half(text: str) -> str:
    """The first sentences, as many as come nearest to half of the letters, but one at least."""
    said = sentences(text)
    room = sum(map(len, said)) / 2
    kept: list[str] = []
    for sentence in said:
        if kept and sum(map(len, kept)) + len(sentence) / 2 > room:
            break
        kept.append(sentence)
    return " ".join(kept)


def negated(text: str) -> str:
    """Every sentence with its sign turned: denials removed, else one put in."""
    return " ".join(map(_negated, sentences(text)))


def _negated(sentence: str) -> str:
    for denial, instead in DENIALS:
        if denial.search(sentence):
            return denial.sub(instead, sentence, count=1)
    if AUXILIARY.search(sentence):
        return AUXILIARY.sub(r"\1 not", sentence, count=1)
    return f"It is not true that {sentence[:1].lower()}{sentence[1:]}"


def keywords(text: str) -> str:
    """The distinct words that carry meaning, shuffled: what a bag of words sees."""
    found = [word for word in WORD.findall(prose(text)) if word.lower() not in STOPWORDS]
    distinct = list(dict.fromkeys(word.lower() for word in found))
    _draw(text).shuffle(distinct)
    return " ".join(distinct)


def shuffled(text: str) -> str:
    """Every word, function words too, in another order."""
    found = plain(prose(text)).split()
    _draw(text).shuffle(found)
    return " ".join(found)


def renumbered(text: str) -> str:
    """Every number times ten and one more; unchanged where there is none."""
    return NUMBER.sub(lambda found: f"{float(found[0]) * 10 + 1:g}", prose(text))


def spoken(text: str) -> str:
    """As a transcript of speech: fillers, no capitals, few pauses, some misspellings."""
    return misspelt(_every(BETWEEN_FILLERS, _filled, prose(text).lower().replace(",", ""), text))


def misspelt(text: str) -> str:
    """Two neighbouring letters swapped inside one long word out of fifteen words."""
    return _every(BETWEEN_ERRORS, _slipped, prose(text), text)


def listed(text: str) -> str:
    """The same sentences as a Markdown list."""
    return "\n".join(f"- {sentence}" for sentence in sentences(text))


def _every(step: int, change: Callable[[str, Random], str], text: str, seed: str) -> str:
    draw, waiting, out = _draw(seed), step // 2, []
    for word in text.split():
        changed = change(word, draw) if waiting <= 0 else word
        waiting = step if changed != word else waiting - 1
        out.append(changed)
    return " ".join(out)


def _filled(word: str, draw: Random) -> str:
    return draw.choice(FILLERS) + word


def _slipped(word: str, draw: Random) -> str:
    if len(word) < LONG or not word[:-1].isalpha():
        return word
    at = draw.randrange(1, len(word) - 3)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _draw(seed: str) -> Random:
    return Random(seed)  # noqa: S311 - a repeatable draw, not a secret
