from datetime import timedelta

import pytest

from grading.models import Grade, ModelCall, Rubric
from grading.operations.grades import request_grade
from grading.operations.ledger import write_calls
from grading.operations.rubrics import ensure_rubric
from grading.queries.calls import NO_FAILURES, failures_of, had_others_replies
from tests.factories import CRITERIA, REFERENCE
from tests.grading.operations.test_ledger import call

pytestmark = pytest.mark.django_db


@pytest.fixture
def rubric() -> Rubric:
    return ensure_rubric(question="Why?", reference_answer=REFERENCE, criteria=CRITERIA)


@pytest.fixture
def grade(rubric: Rubric) -> Grade:
    return request_grade(rubric=rubric, text="An answer.")


def test_failures_are_counted_by_grade_and_kind(grade: Grade, rubric: Rubric) -> None:
    other = request_grade(rubric=rubric, text="Another.")
    failed = [call(error="overloaded", micro_dollars=0), call(error="timeout"), call()]
    write_calls(grade_id=grade.pk, calls=failed)
    write_calls(grade_id=grade.pk, calls=[call(error="rate_limited")])
    write_calls(grade_id=other.pk, calls=[call(error="overloaded")])
    found = failures_of(grade.pk, {"overloaded", "timeout"})
    first = ModelCall.objects.get(grade=grade, error="overloaded").created_at
    assert (found.count, found.billed, found.first) == (2, 1, first)
    assert failures_of(grade.pk, {"refused"}) == NO_FAILURES


def test_a_reply_to_somebody_else_by_the_same_model_shows_that_it_is_there(
    grade: Grade, rubric: Rubric
) -> None:
    other = request_grade(rubric=rubric, text="Another.")
    write_calls(grade_id=grade.pk, calls=[call(), call(error="overloaded")])
    write_calls(grade_id=other.pk, calls=[call(error="overloaded"), call(model="another")])
    since = ModelCall.objects.earliest("created_at").created_at
    model = call().model
    assert not had_others_replies(grade.pk, model=model, since=since)
    write_calls(grade_id=other.pk, calls=[call(batched=True)])  # asked hours ago, maybe
    assert not had_others_replies(grade.pk, model=model, since=since)
    write_calls(grade_id=other.pk, calls=[call()])
    assert had_others_replies(grade.pk, model=model, since=since)
    assert not had_others_replies(grade.pk, model=model, since=since + timedelta(hours=1))
