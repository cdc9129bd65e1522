"""Every line of a document is in the result, is reported, or is mere navigation."""

import random
import re
from pathlib import Path

import pytest

from interview.formats import read_text
from interview.formats.document import FormatError, SetDocument

DOCUMENTS = Path(__file__).parent / "documents"
NAVIGATION = re.compile(r"\]\(#|href=\"#")
SHAPES = [
    "# {a}", "## {a}", "### {a}?", "## {n}. {a}", "#### What {a}", "Q: {a}?", "**Q: {a}**",
    "A: {a}", "A:", "**Answer:** {a}", "{a} {b}", "", "", "", "---", "```", "~~~", "- {a}",
    "- {a}?", "{n}. {a}?", "{n}. **{a}?** {b}", "   {a}", "    {a}", "<details>", "</details>",
    "<summary>{a}?</summary>", "<details><summary>{a}?</summary>{b}</details>", "![{a}](a.png)",
    "<details><summary>Answer</summary>", "[Back to top](#top)", "**{a}?**", "| {a} | {b} |",
    "|---|---|", "> {a}", "===", "[{a}]: http://x", "<a name='x'></a>", "<!-- {a} -->", "\t{a}",
    "Q{n}. {a}? A: {b}", "1. **{a}** - {b}", "## {a} Tips", "{a}</details> {b}", "* Q: {a}",
    "  A: {a}", "Answer", "title: {a}", "# {a} interview questions",
]  # fmt: skip


def words_of(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{2,}\w*", re.sub(r"<[^>]*>", " ", text)))


def said_in(document: SetDocument) -> str:
    parts = [document.title, *(topic.name for topic in document.topics)]
    for question in document.questions:
        parts += [question.title, question.prompt, question.reference_answer]
    parts += [entry.text for entry in document.unplaced]
    return "\n".join(parts)


@pytest.mark.parametrize("name", sorted(path.stem for path in DOCUMENTS.glob("*.md")))
def test_no_line_of_a_document_is_dropped_in_silence(name: str) -> None:
    text = (DOCUMENTS / f"{name}.md").read_text()
    said = words_of(said_in(read_text(text, name=f"{name}.md")))

    lost = {
        (number, line)
        for number, line in enumerate(text.split("\n"), start=1)
        if not NAVIGATION.search(line)
        and not re.fullmatch(r"\W*(?:A|Ans|Answer|Table of Contents|toc|No\. \| Question)\W*", line)
        and not words_of(re.sub(r"^\W*(?:Q|A|Question|Answer|Ans)\s*\d*\W", "", line)) <= said
        and "<summary>Show answer" not in line
    }

    assert lost == set()


@pytest.mark.parametrize("seed", range(300))
def test_no_word_of_a_jumbled_document_is_dropped_in_silence(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same documents in every run, nothing secret
    shapes = chance.sample(SHAPES, chance.randint(4, 20))
    lines = [
        chance.choice(shapes).format(a=f"wa{number}z", b=f"wb{number}z", n=chance.randint(1, 9))
        for number in range(chance.randint(3, 30))
    ]
    lines.append("Q: Whence?")  # so that there is something to read
    try:
        document = read_text("\n".join(lines), name="questions.md")
    except FormatError:
        assert lines.count("```") + lines.count("~~~") + lines.count("<details>") > 0
        return

    said = said_in(document)
    lost = [word for line in lines for word in re.findall(r"w[ab]\d+z", line) if word not in said]
    misnumbered = [
        entry
        for entry in document.unplaced
        if not entry.text.startswith("No topic fits")
        and entry.text.split("\n")[0].strip() not in lines[entry.line - 1]
    ]

    assert (lost, misnumbered) == ([], [])


@pytest.mark.parametrize("name", sorted(path.stem for path in DOCUMENTS.glob("*.md")))
def test_reading_twice_gives_the_same_keys(name: str) -> None:
    text = (DOCUMENTS / f"{name}.md").read_text()
    first, second = (read_text(text, name=f"{name}.md") for _ in range(2))

    assert first == second
    assert len({question.key for question in first.questions}) == len(first.questions)
