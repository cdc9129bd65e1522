from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from grading.grader.verdict import Mark
from grading.judges.scripted import ScriptedJudge
from grading.models import Embedding, Grade, Rubric
from grading.operations.grades import request_grade, run_grade
from grading.operations.neighbours import flag_unlike_neighbours
from grading.operations.reviews import overrule
from grading.operations.rubrics import ensure_rubric
from grading.queries.neighbours import ALIKE, WORDING, neighbours_of
from tests.factories import CRITERIA, REFERENCE, make_user
from tests.grading.operations.conftest import judgement, make_rubric
from tests.processes import database_url, wait_until

Script = Callable[..., ScriptedJudge]
ANSWER = (
    "The variance of a dot product grows with the length of the vectors. So the scores are scaled "
    "down by the root of that length, and the softmax stays where it has a gradient to learn from."
)
NEARLY = ANSWER.replace("So the scores", "So these scores")
OTHER = "The softmax gets a temperature, and that is a matter of taste more than of need."


def graded(rubric: Rubric, text: str, account: str = "") -> Grade:
    accounts = [account] if account else []
    found = run_grade(grade_id=request_grade(rubric=rubric, text=text, accounts=accounts).pk)
    assert found is not None
    found.refresh_from_db()
    return found


def doubts(*grades: Grade) -> list[list[str]]:
    for grade in grades:
        grade.refresh_from_db()
    return [grade.doubts for grade in grades]


def test_nearly_the_same_words_with_another_grade_are_both_for_a_person(
    rubric: Rubric, script: Script
) -> None:
    script(judgement(), judgement(Mark.NOT_MET))
    assert doubts(graded(rubric, ANSWER), graded(rubric, NEARLY)) == [["neighbours"]] * 2


def test_nearly_the_same_grade_is_no_doubt(rubric: Rubric, script: Script) -> None:
    script(judgement(), judgement())
    assert doubts(graded(rubric, ANSWER), graded(rubric, NEARLY)) == [[], []]


def test_other_words_may_have_another_grade(rubric: Rubric, script: Script) -> None:
    script(judgement(), judgement(Mark.NOT_MET))
    assert doubts(graded(rubric, ANSWER), graded(rubric, OTHER)) == [[], []]


def test_answers_to_other_questions_and_of_other_teams_are_not_compared(
    rubric: Rubric, script: Script
) -> None:
    script(judgement(), judgement(Mark.NOT_MET), judgement(Mark.NOT_MET))
    another = ensure_rubric(question="Why?", reference_answer=REFERENCE, criteria=CRITERIA)
    grades = [
        graded(rubric, ANSWER, "team:1"),
        graded(rubric, NEARLY, "team:2"),
        graded(another, NEARLY, "team:1"),
    ]
    assert doubts(*grades) == [[], [], []]


@pytest.mark.django_db(transaction=True)
def test_two_that_are_compared_at_the_same_moment_find_each_other() -> None:
    """The first one has begun, and cannot keep its wording before the second is done."""
    rubric = make_rubric()
    first, second = (scored(rubric, ANSWER, 1.0), scored(rubric, NEARLY, 0.0))

    def compare() -> None:
        try:
            flag_unlike_neighbours(grade=first)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, psycopg.connect(database_url()) as holder:
        holder.execute(
            "INSERT INTO grading_embedding (content_hash, model, vector, created_at) "
            "VALUES (%s, %s, %s, now())",
            (first.submission.content_hash, WORDING, str([0.0] * 384)),
        )
        compared = pool.submit(compare)
        wait_until(is_held_up, "the first one is held up")
        flag_unlike_neighbours(grade=second)
        holder.rollback()
        compared.result(30)
    assert doubts(first, second) == [["neighbours"]] * 2


def scored(rubric: Rubric, text: str, score: float) -> Grade:
    grade = request_grade(rubric=rubric, text=text)
    Grade.objects.filter(pk=grade.pk).update(state="graded", score=score, confidence=0.9)
    grade.refresh_from_db()
    return grade


def is_held_up() -> bool:
    """Whether a statement waits for another one's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        (waiting,) = cursor.fetchone()
    return bool(waiting)


def test_a_persons_ruling_is_compared_with_and_never_marked(rubric: Rubric, script: Script) -> None:
    script(judgement(), judgement())
    first = graded(rubric, ANSWER)
    ruling = overrule(
        grade=first,
        marks=dict.fromkeys(("c1", "c2", "c3"), "not_met"),
        reason="Only words.",
        reviewer=make_user(),
    )
    assert doubts(graded(rubric, NEARLY), ruling, first) == [["neighbours"], [], []]


def test_a_ruling_marks_those_that_it_leaves_with_another_grade(
    rubric: Rubric, script: Script
) -> None:
    script(judgement(), judgement(), judgement())
    first, nearly, same, other = (
        graded(rubric, text) for text in (ANSWER, NEARLY, f" {ANSWER}", OTHER)
    )
    assert doubts(first, nearly, same, other) == [[]] * 4
    marks = {"c1": "met", "c2": "met", "c3": "not_met"}
    ruling = overrule(grade=first, marks=marks, reason="It says both.", reviewer=make_user())
    assert doubts(nearly, same, other, ruling) == [["neighbours"], ["neighbours"], [], []]


def test_a_mark_is_set_once(rubric: Rubric, script: Script) -> None:
    script(judgement(), judgement(Mark.NOT_MET))
    first, second = graded(rubric, ANSWER), graded(rubric, NEARLY)
    assert flag_unlike_neighbours(grade=second) == 0
    assert doubts(first, second) == [["neighbours"]] * 2


def test_neighbours_come_nearest_first_in_one_query(
    rubric: Rubric, script: Script, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    script(judgement(), judgement(), judgement())
    first, nearly = graded(rubric, ANSWER), graded(rubric, NEARLY)
    graded(rubric, OTHER)
    same = graded(rubric, ANSWER)
    submission = first.submission
    with django_assert_num_queries(1):
        found = neighbours_of(submission)
    assert [row.submission_id for row in found] == [same.submission_id, nearly.submission_id]
    assert found[0].similarity > found[1].similarity > ALIKE


def test_no_neighbour_is_hidden_by_other_questions_or_by_what_was_deleted(
    rubric: Rubric, script: Script
) -> None:
    """An index of near vectors gives so many and no more, dead and foreign rows among them."""
    script(judgement(), judgement())
    first, nearly = graded(rubric, ANSWER), graded(rubric, NEARLY)
    row = Embedding.objects.get(content_hash=first.submission.content_hash, model=WORDING)
    crowd = [
        Embedding(content_hash=f"{n:064}", model=WORDING, vector=row.vector) for n in range(400)
    ]
    Embedding.objects.bulk_create(crowd)
    Embedding.objects.filter(content_hash__gte=f"{200:064}", content_hash__lt=f"{400:064}").delete()
    found = [row.submission_id for row in neighbours_of(first.submission)]
    assert found == [nearly.submission_id]


def test_what_no_judge_had_to_read_has_no_neighbours(rubric: Rubric, script: Script) -> None:
    script()
    assert neighbours_of(graded(rubric, "").submission) == []
