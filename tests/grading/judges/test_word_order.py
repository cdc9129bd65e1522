import random

import pytest

from grading.judges.word_order import is_keywords, neighbours, orderliness

PROSE = (
    "The pretrained weights stay frozen while two small matrices are trained beside them, and"
    " after training their product can be merged into the weights, so that inference is as fast"
    " as it was before."
)


def test_prose_is_orderly_and_its_shuffled_words_are_not() -> None:
    words = PROSE.split()
    random.Random(5).shuffle(words)  # noqa: S311 - a fixed order, not a secret

    assert orderliness(PROSE) == 1.0
    assert orderliness(" ".join(words)) < 0.3


def test_a_few_words_are_too_few_to_tell() -> None:
    assert orderliness("matrices the small of two") == 1.0


def test_neighbours_stop_at_pauses() -> None:
    assert neighbours("It is not, so.") == [
        ("|", "pronoun"),
        ("pronoun", "be"),
        ("be", "not"),
        ("not", "|"),
        ("|", "subordinator"),
        ("subordinator", "|"),
    ]


def test_the_letter_a_is_a_name_among_other_letters() -> None:
    assert ("word", "and") in neighbours("bulb a and bulb b")
    assert ("article", "word") in neighbours("a bulb")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("weights frozen matrices product rank adapter merge inference", True),
        ("Keywords: rank, adapter, frozen weights, merge, product, inference", True),
        (PROSE, False),
        ("stack, queue", False),
    ],
)
def test_keywords_are_terms_without_grammar(text: str, expected: bool) -> None:
    assert is_keywords(text) is expected
