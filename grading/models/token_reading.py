from django.db import models


class TokenReading(models.Model):
    """A text of a rubric as one model reads it: one row a text and model, the text itself not kept.

    Written by ``operations.readings.StoredReader``, which knows what ``tokens`` holds. Whoever has
    the row can tell the words, so it is kept of rubrics alone, never of what a candidate wrote.
    """

    content_hash = models.CharField(max_length=64)
    model = models.CharField(max_length=64)
    tokens = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["content_hash", "model"], name="token_reading_once"),
        ]

    def __str__(self) -> str:
        return f"{self.model}:{self.content_hash[:12]}"
