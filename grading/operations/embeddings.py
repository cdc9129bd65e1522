"""Vectors are computed once and kept."""

import hashlib
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Final

from grading.grader.seam import Embedder
from grading.models import Embedding


def hash_text(text: str) -> str:
    """What a text's vector is kept under: SHA-256, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


class _Place:
    """Where the threads of this process stand that compute one text, or wait for who does."""

    def __init__(self) -> None:
        self.at_work = threading.Lock()
        self.standing = 0


_places: dict[str, _Place] = {}
_changing: Final = threading.Lock()


@contextmanager
def _alone(hashes: Iterable[str]) -> Iterator[bool]:
    """Only one thread of this process computes a text at a time; whether another one was at it."""
    waited = False
    with ExitStack() as stack:
        for digest in sorted(hashes):  # in order, so that no two wait for each other
            with _changing:
                place = _places.setdefault(digest, _Place())
                waited = waited or place.standing > 0
                place.standing += 1
            stack.callback(_leave, digest, place)
            stack.enter_context(place.at_work)
        yield waited


def _leave(digest: str, place: _Place) -> None:
    with _changing:
        place.standing -= 1
        if not place.standing:
            _places.pop(digest, None)


def waiting() -> int:
    """How many threads of this process wait for a text that another one computes."""
    return sum(place.standing - 1 for place in list(_places.values()))


class StoredEmbedder:
    """An embedder that looks into the database first and keeps what it had to compute."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._seen: dict[str, list[float]] = {}  # one is made a grade, which asks for few texts
        self.name = embedder.name
        self.dimensions = embedder.dimensions

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One unit vector a text, in order: two queries and one forward pass for the new ones."""
        hashes = [hash_text(text) for text in texts]
        vectors = self._seen
        vectors.update(self._stored([digest for digest in hashes if digest not in vectors]))
        missing = {
            digest: text
            for digest, text in zip(hashes, texts, strict=True)
            if digest not in vectors
        }
        if missing:
            self._compute(missing)
        return [vectors[digest] for digest in hashes]

    def _compute(self, missing: dict[str, str]) -> None:
        """Compute and keep the vectors of these texts, by hash. Whoever has to wait for another
        thread that is at one of them looks again for what that has kept."""
        with _alone(missing) as waited:
            found = self._stored(list(missing)) if waited else {}
            texts = {digest: text for digest, text in missing.items() if digest not in found}
            computed = dict(zip(texts, self._embedder.embed(list(texts.values())), strict=True))
            self._store(computed)
        self._seen.update(found | computed)

    def _stored(self, hashes: Sequence[str]) -> dict[str, list[float]]:
        if not hashes:
            return {}
        rows = Embedding.objects.filter(model=self.name, content_hash__in=set(hashes))
        return {
            digest: [float(x) for x in vector]
            for digest, vector in rows.values_list("content_hash", "vector")
        }

    def _store(self, vectors: dict[str, list[float]]) -> None:
        if not vectors:
            return
        Embedding.objects.bulk_create(
            [
                Embedding(content_hash=digest, model=self.name, vector=vector)
                for digest, vector in vectors.items()
            ],
            ignore_conflicts=True,  # another worker may have met the same text
        )
