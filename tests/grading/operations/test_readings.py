"""The texts of a rubric are read once for all processes; what a candidate wrote is not kept."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from threading import Barrier

import numpy as np
import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from grading.embedders.base import Tokens
from grading.embedders.onnx import Hidden, Ids, OnnxEmbedder, get_embedder
from grading.grader.material import Criterion, Kind, Material
from grading.judges.local import LocalJudge
from grading.models import Rubric, TokenReading
from grading.operations import judging
from grading.operations.embeddings import hash_text
from grading.operations.grades import request_grade, run_grade
from grading.operations.measuring import Examiner
from grading.operations.readings import StoredReader, packed, unpacked
from grading.operations.trial import try_rubric

MATERIAL = Material(
    question="Why is attention scaled?",
    reference_answer="Products of long vectors vary widely. The root keeps the softmax soft.",
    criteria=(
        Criterion("c1", "Products of long vectors vary widely.", Kind.REQUIRED, Decimal(2)),
        Criterion("c2", "The softmax stays soft.", Kind.REQUIRED, Decimal(1)),
        Criterion("c3", "It makes training deterministic.", Kind.MISCONCEPTION, Decimal(1)),
    ),
    answer="Scores are divided by a root, because the products vary widely with the length.",
)
TEXTS = 5  # of its rubric


class CountingReader(OnnxEmbedder):
    """As one of a process that was just started; counts what the model had to do."""

    def __init__(self) -> None:
        super().__init__()
        self.passes = 0

    def forward(self, ids: Ids) -> Hidden:
        self.passes += 1
        return get_embedder().forward(ids)


class MeetingReader(CountingReader):
    """Reads its first text only when another one is about to do the same."""

    def __init__(self, barrier: Barrier) -> None:
        super().__init__()
        self._barrier = barrier

    def read(self, text: str) -> Tokens:
        if not self.passes:
            self._barrier.wait(30)
        return super().read(text)


def judge(reader: CountingReader, material: Material = MATERIAL) -> str:
    """Every verdict to the last digit."""
    stored = StoredReader(reader, material)
    return repr(LocalJudge(get_embedder(), reader=stored).judge(material))


def with_criteria(count: int) -> Material:
    criteria = tuple(
        Criterion(f"c{place}", f"Point number {place}.", Kind.REQUIRED, Decimal(1))
        for place in range(count)
    )
    return replace(MATERIAL, criteria=criteria)


def test_another_process_reads_the_answer_alone(db: None) -> None:
    first, second = CountingReader(), CountingReader()
    judge(first)
    judge(second, replace(MATERIAL, answer="The root is there so that the softmax stays soft."))
    assert (first.passes, second.passes) == (TEXTS + 1, 1)


def test_verdicts_are_the_same_to_the_last_digit_however_the_rubric_was_read(db: None) -> None:
    bare = repr(LocalJudge(get_embedder()).judge(MATERIAL))
    assert [judge(CountingReader()) for _ in range(2)] == [bare, bare]
    assert TokenReading.objects.count() == TEXTS


def test_a_new_criterion_is_all_that_is_read_of_a_changed_rubric(db: None) -> None:
    judge(CountingReader())
    added = Criterion("c4", "The root is of the dimension.", Kind.BONUS, Decimal(1))
    reader = CountingReader()
    judge(reader, replace(MATERIAL, criteria=(*MATERIAL.criteria, added)))
    assert reader.passes == 2


@pytest.mark.parametrize("count", [1, 20])
def test_two_queries_for_a_new_rubric_one_in_a_new_process_and_none_in_an_old_one(
    db: None, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    material = with_criteria(count)
    with django_assert_num_queries(2):
        judge(CountingReader(), material)
    reader = CountingReader()
    with django_assert_num_queries(1):
        judge(reader, material)
    with django_assert_num_queries(0):
        judge(reader, material)


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_meet_the_same_texts_leave_one_row_of_each() -> None:
    barrier = Barrier(2)

    def work(reader: MeetingReader) -> str:
        try:
            return judge(reader)
        finally:
            connection.close()

    readers = [MeetingReader(barrier), MeetingReader(barrier)]
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(work, readers)
    assert first == second
    assert [reader.passes for reader in readers] == [TEXTS + 1, TEXTS + 1]  # they truly met
    assert TokenReading.objects.count() == TEXTS


def test_a_text_that_was_tried_before_is_still_kept_for_others(db: None) -> None:
    reader = CountingReader()
    LocalJudge(get_embedder(), reader=reader).judge(MATERIAL)
    judge(reader)
    assert (reader.passes, TokenReading.objects.count()) == (TEXTS + 1, TEXTS)


def test_a_grade_leaves_the_texts_of_its_rubric_and_no_word_of_the_answer(
    rubric: Rubric, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "get_embedder", CountingReader)
    grade = request_grade(rubric=rubric, text=MATERIAL.answer)
    run_grade(grade_id=grade.pk)
    texts = {rubric.question, rubric.reference_answer, *(c.text for c in rubric.criteria.all())}
    kept = set(TokenReading.objects.values_list("content_hash", flat=True))
    assert kept == {hash_text(text) for text in texts}


def test_measuring_and_trying_store_nothing(rubric: Rubric) -> None:
    Examiner(judge="local").estimate(MATERIAL)
    try_rubric(rubric=rubric, answer=MATERIAL.answer, judge="local")
    assert TokenReading.objects.count() == 0


@pytest.mark.parametrize("text", ["", " ", "x", "Naïve “quotes” — 数学.", "A long one. " * 200])
def test_what_is_kept_is_what_was_read(text: str) -> None:
    read = get_embedder().read(text)
    kept = unpacked(packed(read), dimensions=384)
    for name in ("ids", "starts", "ends", "vectors"):
        assert getattr(kept, name).dtype == getattr(read, name).dtype
        np.testing.assert_array_equal(getattr(kept, name), getattr(read, name))


def test_a_token_takes_780_bytes() -> None:
    read = get_embedder().read(MATERIAL.answer)
    assert len(packed(read)) == 780 * len(read.ids)
