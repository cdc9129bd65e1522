import random

import pytest

from grading.embedders.onnx import get_embedder
from grading.judges.likeness import Vectors, is_negative, is_word_salad, likeness, passages

PROSE = (
    "The dot product of a query with a key measures relevance. A softmax turns the scores into"
    " weights that sum to one. The output is the weighted sum of the values, and the heads run in"
    " parallel so that each can follow another relation in the text."
)
TERSE = "\n".join(
    f"- {item}"
    for item in [
        "Frozen base weights",
        "Low-rank adapter matrices",
        "4-bit base model",
        "Merged after training",
        "Cheap optimiser states",
        "Shared base model",
    ]
)


def test_passages_are_clauses_their_parts_and_neighbours() -> None:
    text = "Weights are frozen. Two thin matrices are trained, and their product is added.\n\n- End"

    assert [passage.text for passage in passages(text)] == [
        "Weights are frozen.",
        "Two thin matrices are trained, and their product is added.",
        "End",
        "Weights are frozen. Two thin matrices are trained, and their product is added.",
        "Two thin matrices are trained",
        "and their product is added.",
    ]


def test_a_passage_knows_where_it_stands() -> None:
    for passage in passages(PROSE):
        assert PROSE[passage.span.start : passage.span.end].split() == passage.text.split()


@pytest.mark.parametrize(
    ("text", "negative"),
    [
        ("The weights are frozen.", False),
        ("The weights are not frozen.", True),
        ("They don't change.", True),
        ("It is not so that they never change.", False),
    ],
)
def test_an_odd_number_of_negations_denies(text: str, negative: bool) -> None:
    assert is_negative(text) is negative


def test_shuffled_words_are_salad_and_sentences_are_not() -> None:
    shuffled = PROSE.split()
    random.Random(3).shuffle(shuffled)  # noqa: S311 - a fixed order, not a secret

    assert is_word_salad(" ".join(shuffled))
    assert not is_word_salad(PROSE)


def test_terms_strung_together_are_salad_and_a_terse_list_is_not() -> None:
    terms = "softmax attention query key value gradient variance scaling heads parallel"

    assert is_word_salad(f"{terms} {terms}")
    assert not is_word_salad(TERSE)


def test_likeness_is_highest_where_the_proposition_is_said() -> None:
    found = passages(PROSE)
    propositions = ["Softmax makes the attention weights add up to one.", "Bananas are yellow."]
    vectors = Vectors([*propositions, *(p.text for p in found)], get_embedder())

    near = likeness(propositions, found, "How does attention work?", vectors)

    assert near.shape == (2, len(found))
    assert found[int(near[0].argmax())].text.startswith("A softmax turns the scores into weights")
    assert near[0].max() > 0.5
    assert near[1].max() < 0.2


def test_nothing_said_gives_an_empty_matrix() -> None:
    assert likeness(["x"], [], "q", Vectors(["x"], get_embedder())).shape == (1, 0)
