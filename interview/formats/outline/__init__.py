"""Question sets out of other people's Markdown, whatever usual shape it has."""

import re
from dataclasses import replace

from interview.formats.document import (
    LONGEST_SET_TITLE,
    LONGEST_TITLE,
    FormatError,
    QuestionDraft,
    SetDocument,
    TopicDraft,
    Unplaced,
)
from interview.formats.front_matter import head_of
from interview.formats.outline.answers import has_answer_mark, split_body
from interview.formats.outline.page import Found, Heading, Page, read_page
from interview.formats.outline.placing import place
from interview.formats.outline.shapes import find_questions
from interview.formats.outline.signs import plain, without_number
from interview.formats.outline.topics import draft_topic, heading_topics, take_tips
from interview.formats.slugs import slug_of, unique_slugs
from interview.formats.source import tidy

MOST_QUESTIONS = 2000  # the longest lists in the open have some five hundred
UNSAID = re.compile(r"\]\((?!#)|<!--")  # what a title made of plain words leaves out
NO_QUESTION = (
    "No question was found. Write each question as a heading with its answer below, as a line "
    "'Q: …' followed by 'A: …', as an item of a numbered list with the answer indented, or as "
    "<details> with the question in <summary>."
)


def read_outline(text: str, *, name: str) -> SetDocument:
    """The questions of a document in none of our formats; what fits nowhere is `unplaced`.

    FormatError when there is no question at all. Criteria are left empty.
    """
    lines = tidy(text, name=name).split("\n")
    head = head_of(lines) or []
    length = len(head) + 2 if head else 0
    page = read_page("\n".join([""] * length + lines[length:]))
    page.lines[:length] = lines[:length]
    page.placed |= {0, length - 1} if head else set()  # the fences of a head
    stem = re.sub(r"[-_\s]+", " ", name.rpartition(".")[0] or name).strip()
    heading, found, headings = find_questions(page, stem)
    if not found:
        raise FormatError(NO_QUESTION, source=name, line=1)
    if len(found) > MOST_QUESTIONS:
        message = f"A set holds at most {MOST_QUESTIONS} questions; this document has {len(found)}."
        raise FormatError(message, source=name, line=found[MOST_QUESTIONS].start + 1)
    if heading is not None:
        page.take(heading.start, heading.end)
        title = heading.text
        if len(title) > LONGEST_SET_TITLE:
            page.remarks.append(Unplaced(line=heading.start + 1, text=title))
    else:
        title = _head_title(page, head) or stem[:1].upper() + stem[1:]
    topics, placements = _topics(page, found, headings, heading)
    questions = _questions(found)
    if not topics:
        topics, placements = _topics_from_tips(page, headings, questions)
    return SetDocument(
        slug=slug_of(title),
        title=_clipped(title, LONGEST_SET_TITLE),
        description="",
        topics=topics,
        questions=tuple(
            replace(question, topics=slugs)
            for question, slugs in zip(questions, placements, strict=True)
        ),
        unplaced=page.rest(),
    )


def _questions(found: list[Found]) -> list[QuestionDraft]:
    titles = [without_number(plain(each.markup)) or plain(each.markup) for each in found]
    trust_marks = 2 * sum(has_answer_mark(each.body) for each in found) >= len(found)
    questions = []
    for each, title, key in zip(found, titles, unique_slugs(titles), strict=True):
        prompt, answer = split_body(each.body, trust_marks=trust_marks)
        asked = without_number(each.markup.strip())
        says_all = len(title) <= LONGEST_TITLE and not UNSAID.search(asked)
        if plain(prompt) == title and says_all and not UNSAID.search(prompt):
            prompt = ""  # the title is enough
        elif not says_all and not plain(prompt).startswith(title):
            prompt = f"{asked}\n\n{prompt}".strip()
        questions.append(
            QuestionDraft(
                key=key,
                title=_clipped(title, LONGEST_TITLE),
                prompt=prompt,
                reference_answer=answer,
                grader_notes="",
                criteria=(),
                topics=(),
                minutes=None,
                line=each.start + 1,
            )
        )
    return questions


def _topics(
    page: Page, found: list[Found], headings: list[Heading], title: Heading | None
) -> tuple[tuple[TopicDraft, ...], list[tuple[str, ...]]]:
    """The topics that headings name, and the slugs of each question's."""
    placements = heading_topics(page, found, headings, title)
    by_slug: dict[str, TopicDraft] = {}
    for topic in (topic for topics in placements for topic in topics):
        by_slug.setdefault(topic.slug, topic)
    slugs = [tuple(dict.fromkeys(topic.slug for topic in topics)) for topics in placements]
    return tuple(by_slug.values()), slugs


def _topics_from_tips(
    page: Page, headings: list[Heading], questions: list[QuestionDraft]
) -> tuple[tuple[TopicDraft, ...], list[tuple[str, ...]]]:
    """The topics that closing tips name, and the slugs of each question's."""
    tips = take_tips(page, headings)
    if not tips:
        return (), [()] * len(questions)
    topics = [draft_topic(tip.name) for tip in tips]
    texts = [(each.title, each.prompt, each.reference_answer) for each in questions]
    placements = [
        tuple(dict.fromkeys(topics[index].slug for index in indexes))
        for indexes in place(tips, texts)
    ]
    for question, slugs in zip(questions, placements, strict=True):
        if not slugs:
            text = f"No topic fits the question: {question.title}"
            page.remarks.append(Unplaced(line=question.line, text=text))
    return tuple({topic.slug: topic for topic in topics}.values()), placements


def _head_title(page: Page, head: list[str]) -> str:
    """The title in a head such as site generators use, or ""."""
    for index, line in enumerate(head, start=1):
        match = re.fullmatch(r"title:\s*(.+?)\s*", line)
        if match:
            page.take(index, index + 1)
            return match[1].strip("\"'")
    return ""


def _clipped(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    return text[: longest - 1].rpartition(" ")[0] + "…"
