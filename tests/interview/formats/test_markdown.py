from decimal import Decimal
from pathlib import Path

import pytest

from interview.formats import read_path, read_text
from interview.formats.document import (
    CriterionLine,
    FormatError,
    QuestionDraft,
    SetDocument,
    TopicDraft,
)
from interview.formats.markdown import read_question, read_set

HEAD = "---\nset: storage\ntitle: Storage\ntopics:\n  logs: Logs\n  indexes: Indexes\n---\n"
WHOLE = (
    HEAD
    + """How data is kept.

In two paragraphs.

## Why write ahead?
- key: write-ahead
- topics: logs, indexes
- minutes: 4

- The prompt may begin with a list.

```sh
## not a question
### Criteria
```

### Reference answer
So that a crash loses nothing.

#### A deeper heading

    indented code
---

### Criteria
- 3: Says that the record is written
  before the page.
- 1.5: Names the crash.
- bonus 1: Mentions group commit.
- misconception 2: Takes it for a backup.

### Notes for graders
Be kind.

## What is a B-tree?
"""
)
DOCUMENT = SetDocument(
    slug="storage",
    title="Storage",
    description="How data is kept.\n\nIn two paragraphs.",
    topics=(TopicDraft("logs", "Logs"), TopicDraft("indexes", "Indexes")),
    questions=(
        QuestionDraft(
            key="write-ahead",
            title="Why write ahead?",
            prompt="- The prompt may begin with a list.\n\n"
            "```sh\n## not a question\n### Criteria\n```",
            reference_answer="So that a crash loses nothing.\n\n#### A deeper heading\n\n"
            "    indented code\n---",
            grader_notes="Be kind.",
            criteria=(
                CriterionLine(
                    "required", Decimal(3), "Says that the record is written before the page."
                ),
                CriterionLine("required", Decimal("1.5"), "Names the crash."),
                CriterionLine("bonus", Decimal(1), "Mentions group commit."),
                CriterionLine("misconception", Decimal(2), "Takes it for a backup."),
            ),
            topics=("logs", "indexes"),
            minutes=4,
            line=12,
        ),
        QuestionDraft("what-is-a-b-tree", "What is a B-tree?", "", "", "", (), (), None, 42),
    ),
    unplaced=(),
)


def fault_of(text: str) -> tuple[int, str]:
    with pytest.raises(FormatError) as caught:
        read_set(text, name="storage.md")
    assert caught.value.source == "storage.md"
    return caught.value.line, caught.value.message


def test_every_part_of_a_set_is_read() -> None:
    assert read_set(WHOLE, name="storage.md") == DOCUMENT


def test_our_front_matter_is_recognised_with_windows_line_ends_and_byte_order_mark() -> None:
    assert read_text("\ufeff" + WHOLE.replace("\n", "\r\n"), name="storage.md") == DOCUMENT


def test_metadata_may_be_set_off_by_a_blank_line() -> None:
    text = HEAD + "## Why?\n\n- key: why-not\n- minutes: 2\n\nSay."

    question = read_set(text, name="a.md").questions[0]

    assert (question.key, question.minutes, question.prompt) == ("why-not", 2, "Say.")


def test_list_below_a_blank_line_that_names_other_things_is_the_prompt() -> None:
    question = read_set(HEAD + "## Why?\n\n- case: one", name="a.md").questions[0]

    assert (question.key, question.prompt) == ("why", "- case: one")


def test_set_without_topics_and_questions_is_a_draft() -> None:
    text = '---\nset: empty\ntitle: "1: Nothing"\n---'

    assert read_set(text, name="a.md") == SetDocument("empty", "1: Nothing", "", (), (), ())


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("---\ntitle: A\n---\n", 1, "no 'set'"),
        ("---\nset: a\n---\n", 1, "no 'title'"),
        ("---\nset: a\ntitle:\n---\n", 3, "'title' must be followed by its text"),
        ("---\nset: A b\ntitle: A\n---\n", 2, "lower-case letters"),
        ("---\nset: a\ntitle: A\nlevel: 3\n---\n", 4, "'level' is not known"),
        ("---\nset: a\ntitle: A\nset: b\n---\n", 4, "a second time"),
        ("---\nset: a\ntitle: [A\n---\n", 3, "not valid YAML"),
        ("---\nset: a\ntitle: A\n", 1, "another '---'"),
        ("---\nset: a\ntitle: A\ntopics: logs\n---\n", 4, "lines of 'name: value'"),
        ("---\nset: a\ntitle: A\ntopics:\n  B C: d\n---\n", 5, "The topic 'B C'"),
        ("---\nset: a\ntitle: A\ntopics:\n  b: c\n  b: d\n---\n", 6, "a second time"),
        (f"---\nset: a\ntitle: {'x' * 161}\n---\n", 3, "longer than 160"),
        (HEAD + "# A part", 8, "A single '#'"),
        (HEAD + "### Criteria", 8, "no question above"),
        (HEAD + "##", 8, "no title"),
        (HEAD + f"## {'x' * 201}", 8, "longer than 200"),
        (HEAD + "## Why?\ntext\n---", 9, "Underlined headings"),
        (HEAD + "## Why?\n### Answer\n", 9, "'Answer' is not a section"),
        (HEAD + "## Why?\n### Reference answer\na\n### More\n", 11, "begins with '####'"),
        (HEAD + "## Why?\n### Criteria\n\n### Criteria\n", 11, "a second time"),
        (HEAD + "## Why?\n- topic: logs\n", 9, "'topic' is not known"),
        (HEAD + "## Why?\n- key: a\n- key: b\n", 10, "a second time"),
        (HEAD + "## Why?\n- key: A!\n", 9, "The key 'A!'"),
        (HEAD + "## Why?\n- topics: logs, sql\n", 9, "no topic 'sql'; its topics are: logs, ind"),
        (HEAD + "## Why?\n- minutes: soon\n", 9, "a whole number from 1 to 240, not 'soon'"),
        (HEAD + "## Why?\n- minutes: 0\n", 9, "a whole number from 1 to 240, not '0'"),
        (HEAD + "## Why?\n### Criteria\n- 1: a\n- says so", 11, "'says so' is not a criterion"),
        (HEAD + "## Why?\n### Criteria\nSays so", 10, "This line is not a criterion"),
        (HEAD + "## Why?\n### Criteria\n\n- 0: a", 11, "above 0 and at most 999.99, not 0"),
        (HEAD + "## Why?\n### Criteria\n- -1: a", 10, "above 0 and at most 999.99, not -1"),
        (HEAD + "## Why?\n### Criteria\n- 1000: a", 10, "above 0 and at most 999.99"),
        (HEAD + "## Why?\n### Criteria\n- extra 1: a", 10, "'extra' is not a kind"),
        (HEAD + "## Why?\n### Criteria\n- 2:", 10, "a weight but no text"),
        (HEAD + "## Why?\n\n## Why\n", 10, "'why' is already taken by the question at line 8"),
    ],
)
def test_malformed_set_is_refused_where_it_is_wrong(text: str, line: int, words: str) -> None:
    found_line, message = fault_of(text)

    assert (found_line, words in message) == (line, True), message


def test_folder_is_read_in_the_order_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "set.md").write_text(HEAD + "About it.\n\n## First?\n")
    (tmp_path / "b.md").write_text("## Third?\n- topics: logs\n")
    (tmp_path / "a.md").write_text("\n## Second?\n")

    document = read_path(tmp_path)

    assert document.description == "About it."
    assert [(question.key, question.line) for question in document.questions] == [
        ("first", 10),
        ("second", 2),
        ("third", 1),
    ]


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("## First?\n", 1, "line 8 of set.md"),
        ("\nStray.\n## Second?\n", 2, "above the first '##' question"),
        (HEAD, 1, "Only set.md begins with a head"),
        ("## Second?\n- topics: sql\n", 2, "no topic 'sql'"),
    ],
)
def test_malformed_file_of_a_folder_is_named(
    tmp_path: Path, content: str, line: int, words: str
) -> None:
    (tmp_path / "set.md").write_text(HEAD + "## First?\n")
    (tmp_path / "more.md").write_text(content)

    with pytest.raises(FormatError) as caught:
        read_path(tmp_path)

    assert (caught.value.source, caught.value.line) == ("more.md", line)
    assert words in caught.value.message


def test_folder_without_a_head_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"when it has a 'set\.md'"):
        read_path(tmp_path)


def test_single_question_is_read_with_or_without_a_head() -> None:
    block = "## Why?\n- topics: logs\n\n### Reference answer\nBecause.\n"

    alone, in_set = (read_question(text, name="q.md") for text in (block, HEAD + block))

    assert alone == QuestionDraft("why", "Why?", "", "Because.", "", (), ("logs",), None, 1)
    assert in_set == QuestionDraft("why", "Why?", "", "Because.", "", (), ("logs",), None, 8)


def test_file_with_two_questions_is_not_a_single_question() -> None:
    with pytest.raises(FormatError, match="it holds 2"):
        read_question("## A\n## B\n", name="q.md")
