"""The texts of a rubric are read once, token by token, and kept."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from grading.embedders.base import RecallingReader, Tokens
from grading.grader.material import Material
from grading.models import TokenReading
from grading.operations.embeddings import hash_text

WHOLE: Final = np.dtype("<i4")  # ids, starts and ends, one after the other …
HALF: Final = np.dtype("<f2")  # … and then the vectors, token by token
COLUMNS: Final = 3


class StoredReader:
    """Reads the texts of one grade. Those of its rubric are looked up in the database first, and
    kept when they had to be read; what the candidate wrote is read and not stored.
    """

    def __init__(self, reader: RecallingReader, material: Material) -> None:
        self._reader = reader
        self._kept = frozenset(filter(None, _texts_of_rubric(material)))
        self._held: dict[str, Tokens] = {}  # one reader is made a grade

    def read(self, text: str) -> Tokens:
        """The first text of the rubric brings the others: two queries at most, and none where this
        process met all of them lately."""
        if text not in self._kept:
            return self._reader.read(text)
        if not self._held:
            self._held = self._read_all()
        return self._held[text]

    def _read_all(self) -> dict[str, Tokens]:
        lately = {text: self._reader.recall(text) for text in self._kept}
        held = {text: tokens for text, tokens in lately.items() if tokens is not None}
        wanted = {hash_text(text): text for text in self._kept if text not in held}
        for digest, tokens in self._stored(wanted).items():
            text = wanted.pop(digest)
            self._reader.remember(text, tokens)
            held[text] = tokens
        if wanted:
            read = {digest: self._reader.read(text) for digest, text in wanted.items()}
            self._store(read)
            for digest, tokens in read.items():
                self._reader.remember(wanted[digest], tokens)
                held[wanted[digest]] = tokens
        return held

    def _stored(self, hashes: Iterable[str]) -> dict[str, Tokens]:
        wanted = list(hashes)
        if not wanted:
            return {}
        rows = TokenReading.objects.filter(model=self._reader.name, content_hash__in=wanted)
        return {
            digest: unpacked(bytes(row), dimensions=self._reader.dimensions)
            for digest, row in rows.values_list("content_hash", "tokens")
        }

    def _store(self, read: dict[str, Tokens]) -> None:
        TokenReading.objects.bulk_create(
            [
                TokenReading(content_hash=digest, model=self._reader.name, tokens=packed(tokens))
                # in one order, so that two workers with the same texts never wait for each other
                for digest, tokens in sorted(read.items())
            ],
            ignore_conflicts=True,  # another worker may have met the same text
        )


def _texts_of_rubric(material: Material) -> Iterable[str]:
    yield material.question
    yield material.reference_answer
    for criterion in material.criteria:
        yield criterion.text


def packed(tokens: Tokens) -> bytes:
    """780 bytes a token of the bundled model, in the same order on every machine."""
    places = np.stack([tokens.ids, tokens.starts, tokens.ends]).astype(WHOLE)
    return places.tobytes() + tokens.vectors.astype(HALF, copy=False).tobytes()


def unpacked(row: bytes, *, dimensions: int) -> Tokens:
    """What `packed` was given."""
    count = len(row) // (COLUMNS * WHOLE.itemsize + dimensions * HALF.itemsize)
    places = np.frombuffer(row, WHOLE, COLUMNS * count).reshape(COLUMNS, count).astype(np.int64)
    vectors = np.frombuffer(row, HALF, offset=places.size * WHOLE.itemsize)
    ids, starts, ends = places
    return Tokens(ids, starts, ends, vectors.reshape(count, dimensions))
