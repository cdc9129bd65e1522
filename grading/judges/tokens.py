"""A text word piece by word piece: what each means here, how rare it is, where it stands."""

from functools import cached_property
from itertools import pairwise
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from grading.embedders.base import Tokens
from grading.grader.text import STOPWORDS, Clause, clauses, normalise, stem, words
from grading.judges.claims import Claim, claim

# The vocabulary of the model lists its words from common to rare, so the place tells the rarity.
FIRST_WORD: Final = 1996
VOCABULARY: Final = 30_522
SOFTENED: Final = 20  # ranks; else the first few words would be worlds apart
COMMON: Final = 0.5  # the rarity of the commonest content word, the rarest having 1
FUNCTION_WORD: Final = 0.05  # what "the" and "of" weigh

Array = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float32]


class Text:
    """The pieces of a text that belong to words; punctuation is left out.

    `units` (pieces x dimensions) are vectors of length one and `gist` (dimensions) their mean;
    `weights` (pieces) say how much a piece matters, `stems` (pieces) name the word it is part of,
    `of_clause` (pieces) the number of its clause in `clauses`, -1 outside of all.
    """

    def __init__(self, text: str, tokens: Tokens) -> None:
        self.text = text
        places = [(int(a), int(b)) for a, b in zip(tokens.starts, tokens.ends, strict=True)]
        kept = [at for at, (a, b) in enumerate(places) if _has_a_word(text[a:b])]
        self.starts = np.array([places[at][0] for at in kept], dtype=np.int64)
        vectors = tokens.vectors[kept].astype(np.float32)
        self.units: Matrix = vectors / np.maximum(
            np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9
        )
        mean = vectors.mean(axis=0) if kept else np.zeros(tokens.vectors.shape[1])
        self.gist = mean / max(float(np.linalg.norm(mean)), 1e-9)
        whole = [_word_around(text, *places[at]) for at in kept]
        self.stems = np.array([stem(word) for word in whole], dtype=object)
        functional = np.array([word in STOPWORDS for word in whole], dtype=bool)
        self.weights: Array = np.where(
            functional, FUNCTION_WORD, np.sqrt(_rarity(tokens.ids[kept]))
        )
        self.numeric = np.array([word[:1].isdigit() for word in whole], dtype=bool)
        self.vocabulary = frozenset(self.stems)
        self.clauses: tuple[Clause, ...] = clauses(text)
        self.of_clause = _clause_numbers(self.starts, self.clauses)

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """A number for each stem: numbers compare far faster than words."""
        return {word: number for number, word in enumerate(dict.fromkeys(self.stems))}

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """The stems that follow each other."""
        return frozenset(pairwise(map(stem, words(self.text))))

    @cached_property
    def claim(self) -> Claim:
        """What the text asserts as a whole."""
        return claim(self.text)

    @cached_property
    def claims(self) -> list[Claim]:
        """What each of its clauses asserts."""
        return [claim(clause.text) for clause in self.clauses]


def recurring_text(text: str, tokens: Tokens) -> Text:
    """The `Text` of a question or rubric, made once for as long as the reader keeps its tokens."""
    found = _recurring.get(tokens)
    if found is None:
        found = _recurring[tokens] = Text(text, tokens)
    return found


_recurring: WeakKeyDictionary[Tokens, Text] = WeakKeyDictionary()


def same_stems(one: Text, other: Text) -> npt.NDArray[np.bool_]:
    """Return pieces of one x pieces of the other: whether they are of the same word."""
    left = np.array([other.numbers.get(word, -1) for word in one.stems], dtype=np.int64)
    right = np.array([other.numbers[word] for word in other.stems], dtype=np.int64)
    same: npt.NDArray[np.bool_] = left[:, None] == right[None, :]
    return same


def _has_a_word(piece: str) -> bool:
    return piece.isalnum() or any(character.isalnum() for character in piece)


def _word_around(text: str, start: int, end: int) -> str:
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    word = text[start:end]
    return word.lower() if word.isascii() and word.isalnum() else normalise(word)


def _rarity(ids: npt.NDArray[np.int64]) -> Array:
    ranks = np.maximum(ids - FIRST_WORD + 1, 1) + SOFTENED
    least, most = np.log(1 + SOFTENED), np.log(VOCABULARY - FIRST_WORD + SOFTENED)
    rarity: Array = np.maximum((np.log(ranks) - least) / (most - least), COMMON)
    return rarity


def _clause_numbers(
    starts: npt.NDArray[np.int64], found: tuple[Clause, ...]
) -> npt.NDArray[np.int64]:
    numbers = np.full(len(starts), -1, dtype=np.int64)
    for number, clause in enumerate(found):
        numbers[(starts >= clause.start) & (starts < clause.end)] = number
    return numbers
