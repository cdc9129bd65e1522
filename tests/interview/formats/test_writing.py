from dataclasses import replace
from decimal import Decimal

import pytest

from interview.formats.document import (
    CriterionLine,
    FormatError,
    QuestionDraft,
    SetDocument,
    TopicDraft,
)
from interview.formats.markdown import read_set, write_set

QUESTION = QuestionDraft(
    key="q",
    title="Why?",
    prompt="  ```\n## code below metadata is not a list's\n  ```",
    reference_answer="    indented\n\n```\n### Criteria\n\n```",
    grader_notes="> quoted\n> # heading",
    criteria=(
        CriterionLine("required", Decimal("2.50"), "A: colon, and 3: another."),
        CriterionLine("misconception", Decimal(10), "Wrong."),
    ),
    topics=("a", "no"),
    minutes=7,
    line=0,
)
DOCUMENT = SetDocument(
    slug="s",
    title='Yes: "no" \\ # maybe',
    description="One.\n\n- two",
    topics=(TopicDraft("a", "A & B"), TopicDraft("no", "[C]: true")),
    questions=(
        QUESTION,
        replace(QUESTION, key="r", prompt="- minutes: 3", topics=(), minutes=None),
    ),
    unplaced=(),
)


def without_lines(document: SetDocument) -> SetDocument:
    questions = tuple(replace(question, line=0) for question in document.questions)
    return replace(document, questions=questions)


def with_question(**changes: str) -> SetDocument:
    return replace(DOCUMENT, questions=(replace(QUESTION, **changes),))  # type: ignore[arg-type]  # only text fields are changed


def test_written_set_reads_as_the_same_set() -> None:
    assert without_lines(read_set(write_set(DOCUMENT), name="s.md")) == DOCUMENT


def test_writing_what_was_read_changes_nothing() -> None:
    text = write_set(DOCUMENT)

    assert write_set(read_set(text, name="s.md")) == text


def test_written_set_looks_as_an_author_would_write_it() -> None:
    document = SetDocument(
        "s",
        "Storage",
        "About it.",
        (TopicDraft("logs", "Logs"),),
        (
            QuestionDraft(
                "why",
                "Why?",
                "Say.",
                "So.",
                "",
                (CriterionLine("bonus", Decimal("1.50"), "Says."),),
                ("logs",),
                5,
                3,
            ),
        ),
        (),
    )

    assert write_set(document) == (
        "---\nset: s\ntitle: Storage\ntopics:\n  logs: Logs\n---\nAbout it.\n\n"
        "## Why?\n- key: why\n- topics: logs\n- minutes: 5\n\nSay.\n\n"
        "### Reference answer\nSo.\n\n### Criteria\n- bonus 1.5: Says.\n"
    )


def test_headings_inside_a_text_move_to_the_fourth_level() -> None:
    document = with_question(reference_answer="# One\n\nTwo\nmore\n---\n\n##### Five")

    question = read_set(write_set(document), name="s.md").questions[0]

    assert question.reference_answer == "#### One\n\n#### Two more\n\n##### Five"


@pytest.mark.parametrize(
    "document",
    [
        with_question(reference_answer="```\nnever closed"),
        with_question(title="Hash #"),
        with_question(topics=("unknown",)),  # type: ignore[arg-type]  # the one field that is not text
        replace(DOCUMENT, description="## A question?"),
    ],
)
def test_text_that_would_end_up_elsewhere_is_refused(document: SetDocument) -> None:
    with pytest.raises(FormatError):
        write_set(document)
