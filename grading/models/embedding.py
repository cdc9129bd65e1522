from django.db import models
from pgvector.django import VectorField


class Embedding(models.Model):
    """A text's unit vector under one model: one row a text and model, the text itself not kept.

    Written by ``operations.embeddings.StoredEmbedder``, and by ``operations.neighbours``.
    """

    content_hash = models.CharField(max_length=64)
    model = models.CharField(max_length=64)
    vector = VectorField(dimensions=384)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["content_hash", "model"], name="embedding_once"),
        ]

    def __str__(self) -> str:
        return f"{self.model}:{self.content_hash[:12]}"
