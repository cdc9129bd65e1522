"""Topics: from the headings above the questions, or from a list of tips at the end."""

import re
from collections import deque
from dataclasses import dataclass

from interview.formats.document import LONGEST_TOPIC_NAME, TopicDraft, Unplaced
from interview.formats.outline.lists import MARKER
from interview.formats.outline.page import Block, Found, Heading, Page
from interview.formats.outline.signs import is_contents, plain, without_number
from interview.formats.slugs import LONGEST_TOPIC, slug_of

ABOUT_TIPS = re.compile(r"\b(?:tips?|topics|areas|themes|checklist)\b", re.IGNORECASE)
NO_SUBJECT = re.compile(
    r"(?:\w+ )?(?:interview )?(?:questions?(?: (?:and|&) answers?)?|q ?& ?a|faqs?|questions list)",
    re.IGNORECASE,
)
TIP = re.compile(
    r"(?:(\*\*|__)(?P<bold>.+?)\1\s*(?:[:\u2013\u2014-]+\s*)?|(?P<bare>[^:\u2013\u2014*_]{2,40}?)\s*(?::|\s[\u2013\u2014-])\s+)"
    r"(?P<advice>.*)",
    re.DOTALL,
)
FEWEST_TIPS = 3


@dataclass(frozen=True, slots=True)
class Tip:
    """A topic with what its author says about it; `line` is an index."""

    name: str
    advice: str
    line: int


def draft_topic(name: str) -> TopicDraft:
    name = name[:LONGEST_TOPIC_NAME]
    return TopicDraft(slug_of(name, LONGEST_TOPIC), name)


def heading_topics(
    page: Page, found: list[Found], headings: list[Heading], title: Heading | None
) -> list[tuple[TopicDraft, ...]]:
    """For each question the topics it stands under, the outermost first."""
    placements = []
    waiting = deque(heading for heading in headings if heading is not title)
    chain: list[Heading] = []  # from the outermost to the one that was met last
    for question in found:
        while waiting and waiting[0].start < question.start:
            heading = waiting.popleft()
            chain = [*(each for each in chain if each.level < heading.level), heading]
        names = []
        for heading in chain:
            if heading.level >= question.level:
                continue
            name = without_number(heading.text)
            if name and not NO_SUBJECT.fullmatch(name) and not is_contents(name):
                page.take(heading.start, heading.end)
                if len(name) > LONGEST_TOPIC_NAME:
                    page.remarks.append(Unplaced(line=heading.start + 1, text=name))
                names.append(draft_topic(name))
        placements.append(tuple(dict.fromkeys(names)))
    return placements


def take_tips(page: Page, headings: list[Heading]) -> list[Tip]:
    """The tips of a closing list that names topics; their advice is remarked as unplaced."""
    for heading in headings:
        block = next((each for each in page.blocks if each.start >= heading.end), None)
        if block is None or not ABOUT_TIPS.search(heading.text):
            continue
        tips = _tips(page, block)
        if len(tips) >= FEWEST_TIPS:
            page.take(block.start, block.end)
            page.remarks += [
                Unplaced(line=tip.line + 1, text=tip.advice) for tip in tips if tip.advice
            ]
            return tips
    return []


def _tips(page: Page, block: Block) -> list[Tip]:
    """The items of a list as tips; none unless every one of them names a topic."""
    if block.kind not in {"ordered_list", "bullet_list"} or page.is_bare(block.start, block.end):
        return []
    tips = []
    starts = [
        token.map
        for token in block.tokens
        if token.type == "list_item_open" and token.level == 1 and token.map
    ]
    for start, end in starts:
        text = "\n".join(page.lines[start : min(end, block.end)]).rstrip()
        marker = MARKER.match(text)
        tip = TIP.fullmatch(text[marker.end() :] if marker else text)
        if tip is None:
            return []
        name = plain(tip["bold"] or tip["bare"]).rstrip(" :.")
        tips.append(Tip(name, tip["advice"].strip(), start))
    return tips
