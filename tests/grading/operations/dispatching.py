"""Answers to one question that are graded side by side, and what is seen of their calls."""

from typing import Final

from django.db import connections
from redis import Redis

from grading.llm.prefixes import Prefix
from grading.llm.standby import standing
from grading.models import Grade, Rubric
from grading.operations.dispatch import known_prefixes
from grading.operations.grades import request_grade, run_grade
from tests.fakes.claude_api import ClaudeApi

ANSWER: Final = (
    "Dot products of long vectors have a large variance, so scores are divided by a root."
)


def ask(rubric: Rubric, count: int) -> list[Grade]:
    return [request_grade(rubric=rubric, text=f"{ANSWER} Number {n}.") for n in range(count)]


def run(grade: Grade) -> None:
    """In a thread of its own."""
    try:
        run_grade(grade_id=grade.pk)
    finally:
        connections.close_all()


def states(*grades: Grade) -> list[str]:
    for grade in grades:
        grade.refresh_from_db()
    return [str(grade.state) for grade in grades]


def marked(api: ClaudeApi) -> list[list[bool]]:
    """Per request, which blocks of the system prompt were to be kept."""
    return [["cache_control" in block for block in row.body["system"]] for row in api.requests()]


def tallied() -> list[tuple[int, int, int]]:
    return [(row.leaders, row.hits, row.misses) for row in known_prefixes().tallies()]


def stood_by(valkey: Redis) -> int:
    """How many threads wait for a prefix, whichever."""
    keys = [key.decode().rpartition(":")[2] for key in valkey.scan_iter("viva:prefix:*")]
    return sum(standing(Prefix(digest, 0)) for digest in keys)
