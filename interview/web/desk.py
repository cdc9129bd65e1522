"""A set laid out for its editor: the version in hand, its questions, what they still lack."""

from collections.abc import Sequence
from dataclasses import dataclass

from interview.models import Question, QuestionSet, QuestionSetVersion
from interview.operations.publishing import question_problems
from interview.queries.editor import questions_to_edit, versions_of


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """``problems`` are ends of sentences that begin with the question."""

    question: Question
    criteria: int
    problems: Sequence[str]


@dataclass(frozen=True, slots=True)
class SetDesk:
    """``version`` is the draft, or the latest published one while there is no draft."""

    question_set: QuestionSet
    version: QuestionSetVersion | None
    versions: Sequence[QuestionSetVersion]
    rows: Sequence[QuestionRow]

    @property
    def draft(self) -> QuestionSetVersion | None:
        return self.version if self.version and not self.version.is_published else None

    @property
    def published(self) -> QuestionSetVersion | None:
        return next((version for version in self.versions if version.is_published), None)

    @property
    def next_number(self) -> int:
        return self.version.number + 1 if self.version else 1

    @property
    def problem_count(self) -> int:
        """What stands in the way of publishing; a set without questions is one problem."""
        return sum(len(row.problems) for row in self.rows) if self.rows else 1


def set_desk(question_set: QuestionSet) -> SetDesk:
    versions = list(versions_of(question_set))
    version = versions[0] if versions else None
    questions = questions_to_edit(version) if version else []
    rows = [
        QuestionRow(
            question=question,
            criteria=len(question.rubric.criteria.all()),
            problems=question_problems(question),
        )
        for question in questions
    ]
    return SetDesk(question_set, version, versions, rows)
