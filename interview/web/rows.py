"""Answers as lists show them: a score with its doubt, or the state in its place."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from grading.models import CriterionVerdict, Grade
from interview.models import Answer
from interview.queries.sessions import grade_of
from interview.web.charts import Interval
from interview.web.scores import interval_of, judge_name


@dataclass(frozen=True, slots=True)
class AnswerRow:
    answer: Answer
    grade: Grade | None  # None for a draft
    interval: Interval | None  # None without a score
    judge: str
    follow_up: "AnswerRow | None" = None

    @property
    def is_waiting(self) -> bool:
        return self.grade is not None and not self.grade.is_finished

    @property
    def will_change(self) -> bool:
        """Whether its grade, or its follow-up's, is still to come."""
        return self.is_waiting or (self.follow_up is not None and self.follow_up.is_waiting)

    @property
    def settled(self) -> Interval | None:
        """The score, when it counts: one that stands in for a judge does not."""
        return None if self.grade is None or self.grade.provisional else self.interval

    @property
    def verdicts(self) -> list[CriterionVerdict]:
        return list(self.grade.verdicts.all()) if self.grade and self.interval else []


def rows_of(answers: Iterable[Answer]) -> list[AnswerRow]:
    """Rows of answers read through ``with_current_grade`` (and ``with_marks``)."""
    rows = []
    for answer in answers:
        grade = grade_of(answer)
        rows.append(
            AnswerRow(answer, grade, interval_of(grade), judge_name(grade) if grade else "")
        )
    return rows


def with_follow_ups(rows: Iterable[AnswerRow], follow_ups: Iterable[Answer]) -> list[AnswerRow]:
    """The rows, each with that of its follow-up; these are read as ``rows_of`` wants them."""
    found = {row.answer.follow_up_of_id: row for row in rows_of(follow_ups)}
    return [replace(row, follow_up=found.get(row.answer.pk)) for row in rows]
