from pathlib import Path

import pytest

from interview.formats import read_path, read_text
from interview.formats.document import QuestionDraft, SetDocument, TopicDraft, Unplaced

DOCUMENTS = Path(__file__).parent / "documents"


def read(name: str) -> SetDocument:
    return read_path(DOCUMENTS / f"{name}.md")


def test_numbered_headings_with_marked_prompt_and_answer() -> None:
    document = read("numbered")

    assert (document.slug, document.title) == (
        "storage-databases-questions-answers",
        "Storage (Databases) Questions & Answers",
    )
    assert document.questions[1] == QuestionDraft(
        key="what-is-a-write-ahead-log-wal",
        title="What is a write-ahead log (WAL)?",
        prompt="Durability",
        reference_answer="**Steps**:\n\n1. **Append** — write the record first\n\n"
        "```ruby\n# Append, then apply\ndef commit(record):\n    log.append(record)  \n\n"
        "    return apply(record)\n```\n\n2. **Apply** — change the pages",
        grader_notes="",
        criteria=(),
        topics=("wal",),
        minutes=None,
        line=26,
    )
    assert document.questions[0].reference_answer.endswith(
        "```\n# root\n    ↓\n  ├─ branch\n  └─ leaf\n---\nQ: not a question\nA: not an answer\n```"
    )
    assert document.questions[2].reference_answer.endswith("~~~text\n## 9. Not a heading?\n~~~")


def test_closing_tips_become_topics_and_what_they_advise_is_reported() -> None:
    document = read("numbered")

    assert document.topics == (
        TopicDraft("indexing", "Indexing"),
        TopicDraft("wal", "WAL"),
        TopicDraft("locks", "Locks"),
        TopicDraft("contention", "Contention"),
        TopicDraft("sorting", "Sorting"),
    )
    assert [(each.key, each.topics) for each in document.questions] == [
        ("what-is-an-index", ("indexing",)),
        ("what-is-a-write-ahead-log-wal", ("wal",)),
        ("what-is-lock-contention-and-deadlock", ("locks",)),
        ("what-is-ordering-sorting", ("sorting",)),
        ("what-comes-next", ("indexing",)),
        ("what-is-a-view", ()),
    ]
    assert document.unplaced == (
        Unplaced(79, "No topic fits the question: What is a view?"),
        Unplaced(87, "## Database Interview Tips"),
        Unplaced(89, "Know the trade-off deeply"),
        Unplaced(90, "Write ahead"),
        Unplaced(91, "Deadlock and lock contention"),
        Unplaced(92, "Measure it"),
        Unplaced(93, "Memory or disk"),
    )


def test_chapters_are_topics_and_navigation_is_ignored() -> None:
    document = read("chapters")

    assert document.topics == (TopicDraft("basics", "Basics"), TopicDraft("advanced", "Advanced"))
    assert [(each.line, each.key, each.topics) for each in document.questions] == [
        (26, "what-is-a-list", ("basics",)),
        (40, "explain-tuple-objects", ("basics",)),
        (48, "generators-vs-iterators", ("advanced",)),
        (57, "how-do-descriptors-work", ("advanced",)),
        (59, "how-do-descriptors-work-2", ("advanced",)),
    ]
    assert [each.reference_answer for each in document.questions] == [
        "A mutable sequence.\n\n#### Example\n\n```ruby\n# a comment\nxs = [1, 2]\n"
        "## What is this?\n```",
        "Immutable sequences.",
        "A generator is an iterator.\n\n   ```\n   --- \n   # indented fence\n   ```",
        "",
        "By `__get__`.",
    ]
    assert document.unplaced == (
        Unplaced(5, "![A banner](banner.png)"),
        Unplaced(7, "Collected over the years. Enjoy!"),
        Unplaced(24, "These come first."),
        Unplaced(65, "## Contributing"),
        Unplaced(67, "Send a patch."),
        Unplaced(69, "1. Fork\n2. Change"),
    )


def test_link_in_a_title_is_kept_in_the_prompt() -> None:
    assert read("chapters").questions[0].prompt == "What is a [list](https://example.org/list)?"


def test_marked_lines_in_all_their_spellings() -> None:
    document = read("marked")

    assert [
        (each.line, each.title, each.prompt, each.reference_answer) for each in document.questions
    ] == [
        (
            7,
            "What is TCP?",
            "",
            "A reliable byte stream.\n\nIt retransmits:\n\n- on timeout\n"
            "- on three duplicate acknowledgements",
        ),
        (14, "What is UDP?", "", "Datagrams without promises."),
        (
            16,
            "Why do both exist side by side?",
            "",
            "They make different trade-offs.\n\n    Q: indented code is code",
        ),
        (
            23,
            "What does this print?",
            "What does this print?\n\n```sh\necho 'A: no'\n```",
            "The words `A: no`.\n\n### Details\n\nMore about it.",
        ),
        (41, "Who runs the root servers?", "", "Twelve organisations."),
        (44, "What is a zone?", "", ""),
        (46, "What is a glue record?", "", "An address next to a delegation."),
    ]
    assert [each.topics for each in document.questions] == [("transport",)] * 4 + [("naming",)] * 3
    assert document.unplaced == (
        Unplaced(1, "Welcome to the quiz."),
        Unplaced(51, "## Conclusion"),
        Unplaced(53, "That is all."),
    )


def test_list_items_with_their_answers_indented_or_in_between() -> None:
    document = read("listed")

    assert [(each.line, each.title, each.reference_answer) for each in document.questions] == [
        (
            10,
            "What is a commit?",
            "A snapshot with parents.\n\n```sh\n# 1. What is this?\n"
            'git commit -m "Q: why?"\n    indented\n\n```\n\n- it has an author',
        ),
        (22, "What is a branch?", "A movable name."),
        (23, "What is HEAD? Is it a file?", "The name of where you are."),
        (
            25,
            "Explain the difference between a merge that fast-forwards and one that does not",
            "A tab-indented answer.",
        ),
        (29, "What is a tag?", ""),
        (35, "What is rebase?", "Replaying commits.\n\n    git rebase main"),
        (41, "How does `a ? b : c` relate to git?", "It does not."),
        (45, "What is the reflog?", "A journal of where names pointed."),
    ]
    assert [each.topics for each in document.questions] == [("basics",)] * 5 + [("advanced",)] * 3
    assert document.unplaced == (
        Unplaced(6, "Read them in order."),
        Unplaced(31, "![stray](tag.png)"),
        Unplaced(48, "## Notes"),
        Unplaced(50, "* Written by hand\n* Twice"),
    )


def test_folded_elements_with_the_question_in_the_summary() -> None:
    document = read("folded")

    assert [
        (each.line, each.title, each.reference_answer, each.topics) for each in document.questions
    ] == [
        (
            5,
            "What is the box model?",
            "Content, padding, border, margin.\n\n```html\n<details>\n# not a heading\n</details>\n"
            "```\n\n### A heading inside\n\nText.",
            ("css",),
        ),
        (22, "What is specificity?", "A weight.", ("css",)),
        (
            23,
            "Explain flexbox",
            "One dimension.\n<details><summary>More</summary>nested</details>",
            ("css",),
        ),
        (35, "What is a landmark?", "A region with a role.", ("html",)),
    ]
    assert document.unplaced == (Unplaced(31, "Stray words."),)


def test_folded_answers_below_the_question_and_its_choices() -> None:
    document = read("folded_answers")

    assert [(each.title, each.prompt, each.reference_answer) for each in document.questions] == [
        (
            "What's the output?",
            "```javascript\n// Answer: nothing\nconsole.log(name);\n```\n\n"
            "- A: `undefined`\n- B: `ReferenceError`",
            "#### Answer: B\n\nIt is in the dead zone.",
        ),
        ("What's a closure?", "A: a function\nB: an object", "A."),
    ]
    assert document.unplaced == ()


def test_questions_without_answers_are_kept() -> None:
    document = read("unanswered")

    assert [(each.title, each.reference_answer) for each in document.questions] == [
        ("What do you like least here?", ""),
        ("How are decisions made?", ""),
        ("Which part of the code would you rewrite?", "- and why?"),
        ("What happens when the pager rings?", ""),
    ]
    assert document.unplaced == (Unplaced(14, "Good luck!"),)


def test_underlined_headings() -> None:
    document = read("underlined")

    assert document.title == "Operating systems"
    assert [(each.title, each.reference_answer) for each in document.questions] == [
        ("What is a process?", "A running program."),
        (
            "What is a thread?",
            "A line of execution.\n\n    # not a heading\n    ------\n\n### Detail\n\nDeeper.",
        ),
    ]
    assert document.unplaced == (Unplaced(21, "See also\n--------"), Unplaced(24, "Books."))


def test_bold_paragraphs() -> None:
    document = read("bold")

    assert [(each.title, each.reference_answer) for each in document.questions] == [
        ("What is back pressure?", "Slowing the sender."),
        (
            "Why bound a queue?",
            "Because memory is finite.\n\n**Note**: measure first.\n\n"
            "[bounds]: https://example.org/bounds",
        ),
    ]
    assert document.unplaced == (Unplaced(3, "Short and **bold**."),)


def test_headings_that_do_not_ask_are_questions_where_the_title_says_so() -> None:
    document = read("terse")

    assert [(each.title, each.reference_answer) for each in document.questions] == [
        ("Ownership", "One owner at a time."),
        ("Borrowing", ""),
        ("Lifetimes", "How long a reference is valid."),
    ]
    assert document.unplaced == (Unplaced(13, "## References"), Unplaced(15, "- a book"))


@pytest.mark.parametrize("name", sorted(path.stem for path in DOCUMENTS.glob("*.md")))
def test_line_ends_and_byte_order_mark_change_nothing(name: str) -> None:
    text = (DOCUMENTS / f"{name}.md").read_text()

    changed = "\ufeff" + text.rstrip("\n").replace("\n", "\r\n")

    assert read_text(changed, name=f"{name}.md") == read_text(text, name=f"{name}.md")
