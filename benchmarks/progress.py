"""How do the progress pages' queries grow with the answers stored?

Fills a new team with answers inside a transaction, asks what the two pages ask, and takes it all
back. Run it with the built-in set loaded:
    .venv/bin/python manage.py shell -c "from benchmarks.progress import main; main()"
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from grading.models import Grade, Submission
from interview.models import Answer, InterviewSession, Question, QuestionSet, Team, User
from interview.queries.answers import with_origin
from interview.queries.cohort import cohort
from interview.queries.library import published_version
from interview.queries.progress import (
    by_week,
    mastery_by_topic,
    missed_again,
    overall,
    unscored,
)
from interview.queries.reviews import in_state, submitted_to

SIZES = (1_000, 10_000, 100_000)
PEOPLE = 100


def main() -> None:
    print("| answers stored | candidate's page | team's page | team's answers | queries |")
    print("|---:|---:|---:|---:|---:|")
    for size in SIZES:
        with transaction.atomic():
            team, people = fill(size)
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
            now = timezone.now()
            with CaptureQueriesContext(connection) as captured:
                own = seconds(candidate_page, people[0], now)
                whole = seconds(team_page, team, now)
                answers = seconds(answers_page, team)
            took = " | ".join(f"{took * 1000:.0f} ms" for took in (own, whole, answers))
            print(f"| {size:,} | {took} | {len(captured)} |")
            transaction.set_rollback(True)


def candidate_page(user: User, now: datetime) -> None:
    mastery_by_topic(user, now=now)
    overall(user, now=now)
    by_week(user, now=now)
    missed_again(user)
    unscored(user)


def team_page(team: Team, now: datetime) -> None:
    cohort(team, now=now)


def answers_page(team: Team) -> None:
    answers = with_origin(in_state(submitted_to(team), Grade.State.GRADED))
    answers.count()
    list(answers[:50])


def seconds(ask: Callable[..., None], *of_what: object) -> float:
    started = time.perf_counter()
    ask(*of_what)
    return time.perf_counter() - started


def fill(answers: int) -> tuple[Team, list[User]]:
    """A team of a hundred whose answers are spread over twenty weeks; no verdict rows."""
    draw = Random(7)  # noqa: S311 - a repeatable draw, not a secret
    version = published_version(QuestionSet.objects.get(slug="llm-engineer", team=None))
    assert version is not None, "load the built-in set first"  # noqa: S101 - a benchmark's precondition
    questions = list(Question.objects.filter(version=version).select_related("rubric"))
    team = Team.objects.create(slug="benchmark", name="Benchmark")
    people = User.objects.bulk_create(
        User(username=f"benchmark-{number}") for number in range(PEOPLE)
    )
    now = timezone.now()
    each = len(questions)
    sessions = InterviewSession.objects.bulk_create(
        InterviewSession(
            candidate=people[number % PEOPLE], team=team, version=version, started_at=now
        )
        for number in range(answers // each + 1)
    )
    submissions = Submission.objects.bulk_create(
        (
            Submission(rubric=questions[number % each].rubric, text="", normalised_hash=str(number))
            for number in range(answers)
        ),
        batch_size=5_000,
    )
    Answer.objects.bulk_create(
        (
            Answer(
                session=sessions[number // each],
                question=questions[number % each],
                position=number % each + 1,
                submission=submissions[number],
                submitted_at=now - timedelta(hours=draw.randrange(20 * 168)),
            )
            for number in range(answers)
        ),
        batch_size=5_000,
    )
    Grade.objects.bulk_create(
        (
            Grade(
                submission=submission,
                state=Grade.State.GRADED,
                judge="local",
                score=draw.random(),
                confidence=0.6,
                created_at=now,
                nudged_at=now,
                finished_at=now,
            )
            for submission in submissions
        ),
        batch_size=5_000,
    )
    return team, people
