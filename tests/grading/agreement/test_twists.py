import pytest

from grading.agreement import twists

TEXT = "# Heaps\n\n- A heap is a tree.\n- Its root **can** hold 12 items.\n\n```\ncode\n```"


def test_prose_has_neither_markdown_nor_code() -> None:
    assert twists.prose(TEXT) == "Heaps. A heap is a tree. Its root can hold 12 items."


def test_half_is_the_sentences_that_come_nearest_to_half_the_letters() -> None:
    assert twists.half("One two three. Four five six. Seven.") == "One two three."
    assert twists.half("One. Two. Seven. Eight.") == "One. Two."
    assert twists.half("One.") == "One."


@pytest.mark.parametrize(
    ("said", "denied"),
    [
        ("A heap is a tree.", "A heap is not a tree."),
        ("It cannot be empty.", "It can be empty."),
        ("It isn't a list.", "It is a list."),
        ("It never shrinks.", "It shrinks."),
        ("It works without keys.", "It works with keys."),
        ("Children follow parents.", "It is not true that children follow parents."),
    ],
)
def test_every_sentence_is_denied(said: str, denied: str) -> None:
    assert twists.negated(said) == denied
    assert twists.negated(f"{said} {said}") == f"{denied} {denied}"


def test_keywords_are_the_distinct_words_with_a_meaning() -> None:
    assert sorted(twists.keywords(TEXT).split()) == [
        "12", "heap", "heaps", "hold", "items", "root", "tree",
    ]  # fmt: skip


def test_shuffling_keeps_every_word_and_is_repeatable() -> None:
    once = twists.shuffled(TEXT)

    assert sorted(once.split()) == sorted(twists.prose(TEXT).split())
    assert once != twists.prose(TEXT)
    assert once == twists.shuffled(TEXT)


def test_every_number_changes_and_names_with_digits_do_not() -> None:
    assert twists.renumbered("Take 12 of 0.5 in v2.") == "Take 121 of 6 in v2."
    assert twists.renumbered("No number.") == "No number."


def test_speech_has_fillers_and_no_capitals() -> None:
    said = twists.spoken("The Heap is a tree, and its root holds the largest of all the items.")

    assert said.replace("I mean", "").islower()
    assert any(filler.strip() in said for filler in twists.FILLERS)


def test_a_misspelling_swaps_letters_and_keeps_them() -> None:
    text = "Implementation " * 20
    slipped = twists.misspelt(text)
    changed = [word for word in slipped.split() if word.strip(".") != "Implementation"]

    assert len(changed) in {1, 2}
    assert {"".join(sorted(word.strip("."))) for word in changed} == {
        "".join(sorted("Implementation"))
    }


def test_a_list_holds_every_sentence() -> None:
    assert twists.listed(TEXT) == "- Heaps.\n- A heap is a tree.\n- Its root can hold 12 items."
