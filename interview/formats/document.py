"""What every format is read into and written from."""

from dataclasses import dataclass
from decimal import Decimal

KINDS = ("required", "bonus", "misconception")
LONGEST_SET_TITLE = 160  # characters, as the store has them
LONGEST_TITLE = 200
LONGEST_TOPIC_NAME = 120
HEAVIEST = Decimal("999.99")


class FormatError(Exception):
    """A document that cannot be read or written; nothing of it has been used.

    `source` is the file's name, `line` counts from 1, `message` is a sentence for the author.
    """

    def __init__(self, message: str, *, source: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.source = source
        self.line = line

    def __str__(self) -> str:
        return f"{self.source}, line {self.line}: {self.message}"


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One line of a rubric; `kind` is one of KINDS, `weight` is above zero."""

    kind: str
    weight: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """A question as its author left it: any text but the title may still be empty.

    `topics` are slugs of the document's topics; `line` is where the question begins, from 1.
    """

    key: str
    title: str
    prompt: str
    reference_answer: str
    grader_notes: str
    criteria: tuple[CriterionLine, ...]
    topics: tuple[str, ...]
    minutes: int | None
    line: int


@dataclass(frozen=True, slots=True)
class TopicDraft:
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Text of the source that is in no field of the result; `line` counts from 1."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class SetDocument:
    slug: str
    title: str
    description: str
    topics: tuple[TopicDraft, ...]
    questions: tuple[QuestionDraft, ...]
    unplaced: tuple[Unplaced, ...]
