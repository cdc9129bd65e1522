from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from knox.models import AbstractAuthToken


class Scope(models.TextChoices):
    READ = "read", "Read"
    ANSWER = "answer", "Start sessions and submit answers"
    REVIEW = "review", "Overrule grades"


class ApiToken(AbstractAuthToken):  # type: ignore[misc]  # knox ships no types
    """A named, scoped, expiring key to the API. Only its hash is kept.

    Written by ``operations.tokens``.
    """

    name = models.CharField(max_length=80)
    scopes: ClassVar[ArrayField[list[str], list[str]]] = ArrayField(
        models.CharField(max_length=16, choices=Scope.choices)
    )

    def __str__(self) -> str:
        return self.name
