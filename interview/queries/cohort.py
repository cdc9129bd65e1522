"""A team's candidates side by side."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Value

from grading.models import Grade
from interview.models import Question, Team, Topic, User
from interview.queries.mastery import Estimate, Tally, estimate
from interview.queries.progress import TopicMastery, tallies, tally_of, topic_mastery


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """One candidate: a cell a topic (None where there is no answer), and everything together."""

    candidate: User
    cells: list[TopicMastery | None]
    answers: int
    overall: Estimate


@dataclass(frozen=True, slots=True)
class Cohort:
    """Candidates by topic, strongest candidate first; ``means``, over everybody's answers, runs
    along ``topics``."""

    topics: list[Topic]
    rows: list[CandidateRow]
    means: list[TopicMastery]
    overall: Estimate
    answers: int


CANDIDATE = "submission__answer__session__candidate"
QUESTION = "submission__answer__question"


def cohort(team: Team, *, now: datetime) -> Cohort:
    """Everyone who answered for the team. Four queries at any size.

    The database sums by candidate and question, which meets each answer once; questions are
    spread over their topics here.
    """
    grades = Grade.objects.current().filter(
        state=Grade.State.GRADED,
        provisional=False,
        submission__answer__session__team=team,
        submission__answer__session__candidate__isnull=False,  # imported answers are nobody's
        submission__answer__follow_up_of__isnull=True,
    )
    rows_by_question = tallies(grades, CANDIDATE, QUESTION, at=Value(now))
    topics_of = _topics_by_question({row[QUESTION] for row in rows_by_question})
    by_topic: dict[int, dict[int, Tally]] = defaultdict(lambda: defaultdict(Tally))
    column: dict[int, Tally] = defaultdict(Tally)
    totals: dict[int, Tally] = defaultdict(Tally)
    for row in rows_by_question:
        tally = tally_of(row)
        totals[row[CANDIDATE]] += tally
        for topic_id in topics_of[row[QUESTION]]:
            by_topic[row[CANDIDATE]][topic_id] += tally
            column[topic_id] += tally
    people = User.objects.in_bulk(list(totals))
    topics = list(Topic.objects.filter(pk__in=column))
    rows = [
        CandidateRow(
            people[pk],
            [
                topic_mastery(topic, by_topic[pk][topic.pk]) if topic.pk in by_topic[pk] else None
                for topic in topics
            ],
            total.answers,
            estimate(total),
        )
        for pk, total in totals.items()
    ]
    rows.sort(key=lambda row: (-row.overall.value, row.candidate.pk))
    everything = sum(totals.values(), Tally())
    return Cohort(
        topics,
        rows,
        [topic_mastery(topic, column[topic.pk]) for topic in topics],
        estimate(everything),
        everything.answers,
    )


def _topics_by_question(question_ids: set[int]) -> dict[int, list[int]]:
    pairs = Question.topics.through.objects.filter(question_id__in=question_ids)
    topics: dict[int, list[int]] = defaultdict(list)
    for question_id, topic_id in pairs.values_list("question_id", "topic_id"):
        topics[question_id].append(topic_id)
    return topics
