"""Vectors are computed once and kept."""

import hashlib
from collections.abc import Sequence

from grading.grader.seam import Embedder
from grading.models import Embedding


def hash_text(text: str) -> str:
    """What a text's vector is kept under: SHA-256, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


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
            computed = self._embedder.embed(list(missing.values()))
            vectors.update(zip(missing, computed, strict=True))
            self._store(dict(zip(missing, computed, strict=True)))
        return [vectors[digest] for digest in hashes]

    def _stored(self, hashes: Sequence[str]) -> dict[str, list[float]]:
        if not hashes:
            return {}
        rows = Embedding.objects.filter(model=self.name, content_hash__in=set(hashes))
        return {
            digest: [float(x) for x in vector]
            for digest, vector in rows.values_list("content_hash", "vector")
        }

    def _store(self, vectors: dict[str, list[float]]) -> None:
        Embedding.objects.bulk_create(
            [
                Embedding(content_hash=digest, model=self.name, vector=vector)
                for digest, vector in vectors.items()
            ],
            ignore_conflicts=True,  # another worker may have met the same text
        )
