from interview.formats.slugs import LONGEST, slug_fault, slug_of, unique_slugs


def test_slug_is_lower_case_ascii_words() -> None:
    assert slug_of("What's a Café / `B-tree`?") == "whats-a-cafe-b-tree"


def test_long_slug_is_cut_between_words() -> None:
    slug = slug_of("word " * 40)

    assert slug == "-".join(["word"] * 16)
    assert len(slug) <= LONGEST


def test_text_without_latin_letters_is_named_by_its_content() -> None:
    assert slug_of("什么是索引") == slug_of("什么是索引")
    assert slug_of("什么是索引") != slug_of("什么是事务")
    assert slug_of("什么是索引").startswith("q-")


def test_repeated_slugs_are_numbered_and_stay_distinct() -> None:
    assert unique_slugs(["A", "a!", "A 2", "a?", "b"]) == ["a", "a-2", "a-2-2", "a-3", "b"]


def test_numbered_slug_keeps_within_the_longest() -> None:
    long = "x" * LONGEST

    assert unique_slugs([long, long]) == [long, "x" * (LONGEST - 2) + "-2"]


def test_slug_fault_names_what_is_wrong() -> None:
    assert slug_fault("a-b2") == ""
    assert slug_fault("A b") == "must be lower-case letters, digits and single hyphens"
    assert slug_fault("x" * 81) == "is longer than 80 characters"
