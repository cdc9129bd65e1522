from interview.formats.outline.placing import place, stems
from interview.formats.outline.topics import Tip

TIPS = [
    Tip("Locks", "Contention and deadlock", 0),
    Tip("Deadlock", "Find the cycle", 1),
    Tip("Lock contention", "Measure first", 2),
    Tip("MVCC", "Many versions", 3),
    Tip("Query plans", "Read the planner's choices", 4),
]


def placed(title: str, prompt: str = "", answer: str = "") -> tuple[str, ...]:
    return tuple(TIPS[index].name for index in place(TIPS, [(title, prompt, answer)])[0])


def test_endings_do_not_keep_words_apart() -> None:
    assert stems("Tokenization of tokens, tokenized") == ["token", "token", "token"]
    assert stems("Embedding embeds; the planner's planning") == [
        "embed",
        "embed",
        "planner",
        "plan",
    ]


def test_topic_named_in_the_title_beats_one_named_in_the_prompt() -> None:
    assert placed("What is a deadlock?", "Explain query plans") == ("Deadlock",)


def test_topic_named_in_the_prompt_beats_words_shared_with_the_title() -> None:
    assert placed("Why measure versions?", "Explain deadlocks") == ("Deadlock",)


def test_longer_name_uses_up_the_words_of_a_shorter_one() -> None:
    assert placed("What is lock contention?") == ("Lock contention",)


def test_every_topic_named_in_the_title_is_kept_the_fullest_match_first() -> None:
    assert placed("Deadlock or lock contention?") == ("Lock contention", "Deadlock")


def test_acronym_is_found_in_the_words_it_stands_for() -> None:
    assert placed("What is multi-version concurrency control?") == ("MVCC",)


def test_what_is_said_about_a_topic_counts_where_none_is_named() -> None:
    assert placed("How does the planner choose?") == ("Query plans",)


def test_headings_of_the_answer_decide_where_the_question_says_nothing() -> None:
    answer = "**Deadlock**\n\n- Query plans change\n- Query plans are cached\n"

    assert placed("What goes wrong?", "", answer) == ("Query plans",)


def test_code_in_the_answer_says_nothing() -> None:
    assert placed("What goes wrong?", "", "```\n- Deadlock\n```") == ()


def test_question_without_words_in_common_gets_no_topic() -> None:
    assert placed("What is a view?", "Stored", "A name.") == ()
