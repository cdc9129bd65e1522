import threading
from collections.abc import Sequence

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from grading.models import Embedding
from grading.operations import embeddings
from grading.operations.embeddings import StoredEmbedder
from tests.processes import wait_until


class CountingEmbedder:
    """Unit vectors along an axis that the text's length picks; counts what it computed."""

    name = "counting"
    dimensions = 384

    def __init__(self) -> None:
        self.computed: list[str] = []

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        self.computed += texts
        return [[1.0 if axis == len(text) else 0.0 for axis in range(384)] for text in texts]


@pytest.fixture
def bare() -> CountingEmbedder:
    return CountingEmbedder()


def test_a_vector_is_computed_once_and_then_read(bare: CountingEmbedder, db: None) -> None:
    stored = StoredEmbedder(bare)
    first = stored.embed(["one", "three"])
    assert stored.embed(["three", "one"]) == [first[1], first[0]]
    assert bare.computed == ["one", "three"]


def test_a_text_given_twice_is_computed_once(bare: CountingEmbedder, db: None) -> None:
    vectors = StoredEmbedder(bare).embed(["same", "same"])
    assert vectors[0] == vectors[1]
    assert (bare.computed, Embedding.objects.count()) == (["same"], 1)


def test_one_read_and_one_write_however_many_texts(
    bare: CountingEmbedder, db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    stored = StoredEmbedder(bare)
    for count in (1, 20):
        texts = ["x" * (count * 10 + n) for n in range(count)]
        with django_assert_num_queries(2):
            stored.embed(texts)
        with django_assert_num_queries(1):
            StoredEmbedder(bare).embed(texts)
        with django_assert_num_queries(0):  # it remembers what it was asked before
            stored.embed(texts)


def test_the_text_itself_is_not_kept(bare: CountingEmbedder, db: None) -> None:
    StoredEmbedder(bare).embed(["a candidate's words"])
    row = Embedding.objects.get()
    assert "candidate" not in f"{row.content_hash}{row.model}"


@pytest.mark.django_db(transaction=True)
def test_threads_that_need_the_same_reference_at_once_compute_it_once() -> None:
    """The first is at work until another has been kept waiting for it."""
    begun, goes_on = threading.Event(), threading.Event()

    class Slow(CountingEmbedder):
        def embed(self, texts: Sequence[str]) -> list[list[float]]:
            begun.set()
            goes_on.wait(timeout=10)
            return super().embed(texts)

    bare = Slow()
    vectors: list[list[float]] = []

    def work() -> None:
        try:
            vectors.extend(StoredEmbedder(bare).embed(["the reference"]))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    threads[0].start()
    assert begun.wait(timeout=10)
    for thread in threads[1:]:
        thread.start()
    wait_until(lambda: embeddings.waiting() == 2, "the others wait")
    goes_on.set()
    for thread in threads:
        thread.join()
    assert bare.computed == ["the reference"]
    assert vectors == [vectors[0]] * 3
