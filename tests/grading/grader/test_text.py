import pytest

from grading.grader.text import (
    clauses,
    content_stems,
    normalise,
    normalised_hash,
    plain,
    stem,
    words,
)

MARKDOWN = """## 1. Scaling

Scores grow, e.g. with d_k. Softmax *saturates*;
gradients vanish.

- first item
  goes on. It ends
1) **bold** — second

> quoted line

| term | meaning |
|------|---------|
| BPE  | merges  |

```python
x = q @ k.T  # not a heading

y = x / d
```
"""


def test_clauses_carry_the_text_without_marks_in_order() -> None:
    assert [clause.text for clause in clauses(MARKDOWN)] == [
        "1. Scaling",
        "Scores grow, e.g. with d_k.",
        "Softmax saturates;",
        "gradients vanish.",
        "first item goes on.",
        "It ends",
        "bold — second",
        "quoted line",
        "term meaning",
        "BPE merges",
        "x = q @ k.T # not a heading y = x / d",
    ]


def test_offsets_of_a_clause_point_into_the_original_text() -> None:
    found = [MARKDOWN[clause.start : clause.end] for clause in clauses(MARKDOWN)]

    assert found[2] == "Softmax *saturates*;"
    assert found[4] == "first item\n  goes on."
    assert found[10] == "x = q @ k.T  # not a heading\n\ny = x / d"


def test_headings_code_and_paragraphs_are_told_apart() -> None:
    found = clauses(MARKDOWN)

    assert [clause.text for clause in found if clause.is_heading] == ["1. Scaling"]
    assert [clause.is_code for clause in found] == [False] * 10 + [True]
    assert found[1].block == found[2].block == found[3].block != found[4].block


@pytest.mark.parametrize("text", ["", "  \n\n", "---\n***", "```\n```", "|--|--|"])
def test_text_without_words_has_no_clauses(text: str) -> None:
    assert clauses(text) == ()


def test_a_fence_that_is_never_closed_runs_to_the_end() -> None:
    assert [(c.text, c.is_code) for c in clauses("A.\n~~~\ncode here")] == [
        ("A.", False),
        ("code here", True),
    ]


def test_long_code_is_read_in_pieces() -> None:
    code = "\n".join(f"line_{n} = {n}" for n in range(30))

    assert len(clauses(f"```\n{code}\n```")) == 3


def test_spans_cover_every_word_of_the_text() -> None:
    covered = " ".join(MARKDOWN[clause.start : clause.end] for clause in clauses(MARKDOWN))

    assert set(words(MARKDOWN)) - set(words(covered)) == {"python"}


def test_normalise_ignores_case_spacing_and_typography() -> None:
    assert normalise(" “It\u2019s”\u00a0A —\u200b Test ") == '"it\'s" a - test'


def test_hash_ignores_spacing_but_not_case() -> None:
    assert normalised_hash("a  b\n") == normalised_hash(" a b")
    assert normalised_hash("a b") != normalised_hash("A b")


@pytest.mark.parametrize(
    ("variants", "expected"),
    [
        ("scale scales scaled scaling", "scal"),
        ("quantize quantized quantization quantisation quantise", "quantiz"),
        ("query queries", "query"),
        ("class classes", "class"),
        ("token tokens", "token"),
    ],
)
def test_forms_of_a_word_share_a_stem(variants: str, expected: str) -> None:
    assert {stem(word) for word in variants.split()} == {expected}


def test_content_stems_leave_out_function_words() -> None:
    assert content_stems("The scores of the queries are scaled") == ["scor", "query", "scal"]


def test_plain_drops_marks_and_keeps_identifiers() -> None:
    assert (
        plain("**Bold** `code_name` [link](http://x) a * b _it_") == "Bold code_name link a * b it"
    )
