"""What every embedder shares."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from grading.grader.seam import Embedder

__all__ = ["Embedder", "EmbedderUnavailable", "RecallingReader", "TokenReader", "Tokens"]


class EmbedderUnavailable(Exception):  # noqa: N818 - named for what the caller does
    """The embedder cannot load until a person acts; the message says what is wrong."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Tokens:
    """A text as the model reads it: `n` word pieces in order, none left out however long it is.

    `ids` (n) are places in the vocabulary, `starts` and `ends` (n) character offsets, `vectors`
    (n x dimensions, half precision) what the model makes of each piece in its context.
    """

    ids: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    vectors: npt.NDArray[np.float16]


class TokenReader(Protocol):
    """Reads texts piece by piece. The same text gives the same tokens, always."""

    def read(self, text: str) -> Tokens: ...


class RecallingReader(TokenReader, Protocol):
    """One that has the tokens of texts it met lately at hand. `name` says by which model, and
    `dimensions` how long its vectors are."""

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def recall(self, text: str) -> Tokens | None:
        """What was remembered of this text lately; None where it was only read."""
        ...

    def remember(self, text: str, tokens: Tokens) -> None:
        """Have at hand what is kept of the text elsewhere, for every process to find."""
        ...
