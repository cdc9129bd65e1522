import pytest

from grading.llm.calls import CallRecord, Tokens
from grading.models import Grade, ModelCall, Rubric
from grading.operations.grades import request_grade
from grading.operations.ledger import write_calls


def call(**changes: object) -> CallRecord:
    fields = {
        "model": "claude-haiku-5-5",
        "prompt_version": "claude-1",
        "tokens": Tokens(1, 2, 3, 4, 5),
        "micro_dollars": 6,
        "milliseconds": 7,
    }
    return CallRecord(**(fields | changes))  # type: ignore[arg-type]  # tests name the fields


@pytest.fixture
def grade(rubric: Rubric) -> Grade:
    return request_grade(rubric=rubric, text="An answer.")


def test_each_kind_of_token_has_its_column(grade: Grade) -> None:
    write_calls(grade_id=grade.pk, calls=[call()])
    row = ModelCall.objects.get()
    assert (row.input_tokens, row.cache_write_5m_tokens, row.cache_write_1h_tokens) == (1, 2, 3)
    assert (row.cache_read_tokens, row.output_tokens) == (4, 5)
    assert (row.micro_dollars, row.milliseconds, row.grade) == (6, 7, grade)


def test_a_call_without_a_price_is_kept_without_one(grade: Grade) -> None:
    write_calls(grade_id=grade.pk, calls=[call(model="qwen3:8b", micro_dollars=None)])
    assert ModelCall.objects.get().micro_dollars is None


def test_what_a_server_makes_too_long_is_cut_and_not_lost(grade: Grade) -> None:
    long = "x" * 500
    write_calls(grade_id=grade.pk, calls=[call(model=long, request_id=long, stop_reason=long)])
    row = ModelCall.objects.get()
    assert (len(row.model), len(row.request_id), len(row.stop_reason)) == (64, 128, 32)


def test_spending_outlives_the_answer_it_was_made_for(grade: Grade) -> None:
    write_calls(grade_id=grade.pk, calls=[call()])
    grade.submission.delete()
    assert ModelCall.objects.get().grade is None
