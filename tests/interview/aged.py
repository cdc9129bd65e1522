"""Answers with a known score and age, which operations leave to judges and the clock."""

from datetime import datetime, timedelta

from grading.models import CriterionVerdict, Grade, Submission
from interview.models import Answer, QuestionSetVersion, Team, User
from tests.factories import first_grade, make_answer


def scored_answer(
    candidate: User,
    score: float = 0.5,
    *,
    now: datetime,
    days: float = 0,
    version: QuestionSetVersion | None = None,
    team: Team | None = None,
    marks: dict[str, str] | None = None,
) -> Answer:
    """An answer graded ``score``, submitted ``days`` before ``now``; ``marks`` by criterion key."""
    answer = aged_answer(candidate, now=now, days=days, version=version, team=team)
    grade = first_grade(answer)
    Grade.objects.filter(pk=grade.pk).update(
        state=Grade.State.GRADED, judge="local", score=score, confidence=0.6, finished_at=now
    )
    criteria = {row.key: row for row in grade.submission.rubric.criteria.all()}
    CriterionVerdict.objects.bulk_create(
        CriterionVerdict(grade=grade, criterion=criteria[key], mark=mark)
        for key, mark in (marks or {}).items()
    )
    return answer


def aged_answer(
    candidate: User,
    *,
    now: datetime,
    days: float = 0,
    state: str = Grade.State.PENDING,
    version: QuestionSetVersion | None = None,
    team: Team | None = None,
) -> Answer:
    """An answer without a score, in ``state``, submitted ``days`` before ``now``."""
    answer = make_answer(candidate, version=version, team=team)
    at = now - timedelta(days=days)
    Answer.objects.filter(pk=answer.pk).update(submitted_at=at)
    Submission.objects.filter(pk=answer.submission_id).update(created_at=at)
    Grade.objects.filter(submission=answer.submission_id).update(state=state, created_at=at)
    answer.refresh_from_db()
    return answer
