"""Vectors of the words alone."""

import pytest

from grading.embedders.wording import WordingEmbedder
from grading.queries.neighbours import ALIKE, WORDING
from tests.factories import REFERENCE

EMBEDDER = WordingEmbedder()


def cosine(left: str, right: str) -> float:
    one, other = EMBEDDER.embed([left, right])
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_it_is_the_one_that_neighbours_are_looked_up_by() -> None:
    assert EMBEDDER.name == WORDING


def test_case_and_typography_make_no_other_vector() -> None:
    assert EMBEDDER.embed(["Don\u2019t  scale it."]) == EMBEDDER.embed(["don't scale IT"])


def test_one_other_word_in_twenty_is_alike_and_another_order_is_not() -> None:
    assert cosine(REFERENCE, REFERENCE) == pytest.approx(1)
    assert ALIKE < cosine(REFERENCE, REFERENCE.replace("vanish", "die")) < 1
    assert cosine(REFERENCE, " ".join(sorted(REFERENCE.split()))) < ALIKE


def test_a_text_without_words_is_near_nothing() -> None:
    assert cosine("…", REFERENCE) == 0
