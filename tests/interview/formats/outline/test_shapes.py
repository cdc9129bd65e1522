import pytest

from interview.formats import read_text
from interview.formats.document import FormatError, Unplaced


def contents(text: str, name: str = "notes.md") -> list[tuple[str, str, str]]:
    document = read_text(text, name=name)
    return [(each.title, each.prompt, each.reference_answer) for each in document.questions]


def unplaced(text: str) -> list[tuple[int, str]]:
    return [(each.line, each.text) for each in read_text(text, name="notes.md").unplaced]


def test_file_name_can_say_that_there_are_questions() -> None:
    text = "## Ownership\n\nOne owner.\n"

    assert contents(text, "rust-interview.md") == [("Ownership", "", "One owner.")]
    with pytest.raises(FormatError):
        read_text(text, name="rust.md")


def test_numbered_list_that_does_not_ask_is_read_where_the_title_says_so() -> None:
    text = "# Rust interview questions\n\n1. Ownership\n   One owner.\n2. Borrowing\n"

    assert contents(text) == [("Ownership", "", "One owner."), ("Borrowing", "", "")]
    assert read_text(text, name="notes.md").title == "Rust interview questions"


def test_headings_inside_list_items_are_the_questions() -> None:
    text = "1. ### What is a hook?\n\n   A function.\n\n   **[Back to Top](#top)**\n2. # Why?\n"

    assert contents(text) == [("What is a hook?", "", "A function."), ("Why?", "", "")]


def test_link_to_the_top_goes_with_the_element_around_it() -> None:
    text = (
        '## What?\na\n\n<div align="right">\n  <a href="#t">back to top</a>\n</div>\n\n## Why?\nb'
    )

    assert contents(text) == [("What?", "", "a"), ("Why?", "", "b")]


def test_title_with_mere_text_below_is_no_question() -> None:
    with pytest.raises(FormatError):
        read_text("# Interview questions\n\nTo be written.\n", name="questions.md")


def test_text_below_a_rule_belongs_to_no_question() -> None:
    text = "# T\n## What?\na\n\n---\n\n![i](i.png)\n## Why?\nb\n***\n"

    assert contents(text) == [("What?", "", "a"), ("Why?", "", "b")]
    assert unplaced(text) == [(7, "![i](i.png)")]


def test_single_rule_inside_an_answer_is_part_of_it() -> None:
    text = "# T\n## What?\na\n\n---\n\nb\n## Why?\nc\n## How?\nd\n"

    assert contents(text)[0] == ("What?", "", "a\n\n---\n\nb")


def test_rule_right_below_a_line_does_not_make_it_a_heading() -> None:
    assert contents("Q: What?\nA: That.\n---\nQ: Why?\nA: So.\n---") == [
        ("What?", "", "That."),
        ("Why?", "", "So."),
    ]


def test_single_question_is_enough() -> None:
    assert contents("# What is a file?\n\nBytes with a name.") == [
        ("What is a file?", "", "Bytes with a name.")
    ]


def test_words_beside_folded_elements_are_reported() -> None:
    text = "<details><summary>What?</summary>a</details> after\n"

    assert contents(text) == [("What?", "", "a")]
    assert unplaced(text) == [(1, "after")]


def test_long_title_is_shortened_and_whole_in_the_prompt() -> None:
    question = "What " + "is it " * 40 + "then?"

    title, prompt, _ = contents(f"## {question}\n\na")[0]

    assert (len(title), title.endswith("…"), prompt) == (197, True, question)


def test_head_of_a_site_generator_gives_the_title() -> None:
    text = '---\nlayout: post\ntitle: "Shells"\n---\n\n## What is a pipe?\n\nA buffer.\n'

    document = read_text(text, name="a.md")

    assert (document.slug, document.title) == ("shells", "Shells")
    assert document.unplaced == (Unplaced(2, "layout: post"),)
    assert document.questions[0].line == 6


def test_set_without_a_heading_is_named_after_its_file() -> None:
    document = read_text("1. What is a pipe?\n", name="unix_shell-basics.md")

    assert (document.slug, document.title) == ("unix-shell-basics", "Unix shell basics")


@pytest.mark.parametrize("text", ["", "\n\n", "# Readme\n\n## Install\n\nRun it.\n\n1. a\n2. b\n"])
def test_document_without_a_question_says_what_is_understood(text: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_text(text, name="a.md")

    assert (caught.value.source, caught.value.line) == ("a.md", 1)
    assert "No question was found" in caught.value.message
    assert "<details>" in caught.value.message


def test_too_many_questions_are_refused_at_the_first_that_is_too_many() -> None:
    with pytest.raises(FormatError) as caught:
        read_text("".join(f"Q: What is {n}?\n" for n in range(2001)), name="a.md")

    assert (caught.value.line, "at most 2000" in caught.value.message) == (2001, True)
