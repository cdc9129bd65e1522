from decimal import Decimal

import pytest

from grading.grader.drafting import AT_LAST, LONGEST, MOST, draft_criteria
from grading.grader.material import Kind
from grading.grader.text import words

QUESTION = "What is a language model?"
LISTS = """A: A language model is a network trained to predict the next token of a text.

**Key characteristics**:

- Trained on trillions of tokens
- Based on the transformer architecture
- Handles many tasks without retraining

**How it works**:

1. **Tokenization** — the text becomes tokens
2. **Embedding** — tokens become vectors
3. **Attention** — vectors exchange information
4. **Decoding** — a token is picked and appended

**Example**:

```python
model.generate("Hello")
```

**Common models**:

- Claude
- Gemini
- Llama
"""
PROSE = (
    "Contamination means that test questions leaked into the training data. For example, a quiz."
    " A **private evaluation set** is built from real requests."
    " Differences between two models are reported with a confidence interval."
)


def drafted(reference: str) -> list[str]:
    return [criterion.text for criterion in draft_criteria(QUESTION, reference)]


def test_long_lists_are_joined_under_what_leads_them() -> None:
    assert drafted(LISTS) == [
        "A language model is a network trained to predict the next token of a text.",
        "Key characteristics: Trained on trillions of tokens; Based on the transformer"
        " architecture; Handles many tasks without retraining",
        "How it works: Tokenization — the text becomes tokens; Embedding — tokens become vectors",
        "How it works: Attention — vectors exchange information; Decoding — a token is picked and"
        " appended",
        "Common models: Claude; Gemini; Llama",
    ]


def test_weights_are_shares_of_what_is_said_and_names_count_half() -> None:
    assert [c.weight for c in draft_criteria(QUESTION, LISTS)] == [
        Decimal(2),
        Decimal("2.5"),
        Decimal(2),
        Decimal(3),
        Decimal("0.5"),
    ]


def test_terms_that_a_person_told_apart_stay_apart_however_short() -> None:
    assert drafted("- **Speed**: it is fast.\n- **Cost**: cheap.\n- **Size**") == [
        "Speed: it is fast",
        "Cost: cheap; Size",
    ]


def test_sentences_are_drafted_where_there_are_no_lists() -> None:
    criteria = draft_criteria(QUESTION, PROSE)

    assert [(criterion.text, criterion.weight) for criterion in criteria] == [
        (
            "Contamination means that test questions leaked into the training data.",
            Decimal("2.5"),
        ),
        ("A private evaluation set is built from real requests.", Decimal(2)),
        (
            "Differences between two models are reported with a confidence interval.",
            Decimal("1.5"),
        ),
    ]


@pytest.mark.parametrize("reference", [LISTS, PROSE, " ".join(["Filler says a lot."] * 80)])
def test_every_draft_is_short_required_and_made_of_the_answers_words(reference: str) -> None:
    known = set(words(reference))
    criteria = draft_criteria(QUESTION, reference)

    assert 1 <= len(criteria) <= MOST
    assert {criterion.kind for criterion in criteria} == {Kind.REQUIRED}
    assert max(len(criterion.text) for criterion in criteria) <= LONGEST
    assert {word for criterion in criteria for word in words(criterion.text)} <= known


def test_more_sentences_than_fit_are_joined_with_their_neighbours_and_none_is_lost() -> None:
    names = ["alpha", "beta", "gamma", "delta", "zeta", "theta", "iota", "kappa", "sigma"]
    sentences = [f"{name} needs {name}core and {name}link." for name in names]
    joined = [f"{sentences[5]}", f"{sentences[6]} {sentences[7]}", sentences[8]]

    assert drafted(" ".join(sentences)) == [*sentences[:5], *joined]


def test_every_sentence_of_a_long_answer_belongs_to_one_criterion() -> None:
    sentences = [
        f"{a}stage turns {a}input into {a}output while {a}buffer fills and {a}signal waits,"
        f" because {a}clock and {a}counter are kept apart by {a}gate and {a}latch."
        for a in "bcdfghjklmnpqr"
    ]
    criteria = drafted(" ".join(sentences))

    assert " ".join(criteria) == " ".join(sentences)
    assert len(criteria) == MOST
    assert max(map(len, criteria)) <= AT_LAST


def test_a_later_sentence_that_says_more_takes_the_place_of_the_earlier() -> None:
    reference = (
        "Weights stay frozen. Caches grow with context."
        " Weights stay frozen while small adapters learn."
    )

    assert drafted(reference) == [
        "Weights stay frozen while small adapters learn.",
        "Caches grow with context.",
    ]


def test_ids_count_up_from_c1() -> None:
    assert [criterion.id for criterion in draft_criteria(QUESTION, PROSE)] == ["c1", "c2", "c3"]


def test_what_repeats_the_question_or_an_earlier_point_is_drafted_once() -> None:
    reference = (
        "A language model. Weights are frozen during tuning. The weights are frozen in tuning."
    )

    assert drafted(reference) == ["Weights are frozen during tuning."]


def test_a_long_sentence_is_cut_where_it_pauses() -> None:
    reference = f"Retrieval comes first, {'and the passages are ranked ' * 4}, {'then more ' * 20}."

    (text,) = drafted(reference)
    assert text == f"Retrieval comes first, {'and the passages are ranked ' * 4}".strip()


@pytest.mark.parametrize("reference", ["", "   ", "```\ncode only\n```"])
def test_an_answer_without_prose_drafts_nothing(reference: str) -> None:
    assert drafted(reference) == []


@pytest.mark.parametrize(
    ("question", "reference"), [("Who wrote it?", "Ada"), ("Is the bulb lit?", "The bulb is lit.")]
)
def test_the_shortest_answer_is_its_own_criterion(question: str, reference: str) -> None:
    drafted = draft_criteria(question, reference)
    assert [(row.id, row.text) for row in drafted] == [("c1", reference)]
