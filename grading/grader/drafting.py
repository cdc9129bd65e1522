"""A first rubric for a question that came with an answer only, drawn from that answer's structure.

Every draft is made of the reference answer's own words, so the reference itself earns it.
Misconceptions are never invented: only a person can say what people get wrong.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from grading.grader.material import Criterion, Kind
from grading.grader.outline import Group, outline
from grading.grader.text import clauses, content_stems

MOST: Final = 7
LONGEST: Final = 160  # characters of one criterion
SAME: Final = 0.7  # share of content words from which the later of two says nothing new
LEAST_STEMS: Final = 3  # content words, below which an item needs its heading to be understood

LEADING: Final = Decimal(3)  # the opening sentence, and items that a bold term leads
LISTED: Final = Decimal(2)
STATED: Final = Decimal(2)
NAMED: Final = Decimal(1)  # lists of examples and names: nice to know

EXAMPLES: Final = re.compile(r"^(?:examples?|common|popular|typical|use cases)\b", re.IGNORECASE)
ASIDE: Final = re.compile(r"^(?:for example|for instance|e\.g\.|note|see)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Point:
    text: str
    weight: Decimal
    stems: frozenset[str]
    order: int = 0


def draft_criteria(question: str, reference_answer: str) -> tuple[Criterion, ...]:
    """Return up to seven required criteria, in the order of the answer; none for an empty one.

    Lists and bold terms weigh more than sentences; code and diagrams are passed over. A long list
    becomes a few criteria that join its items. Fewer than three come back only where the answer
    says no more than that; the shortest answer is one criterion as it stands.
    """
    groups = outline(reference_answer)
    points = _distinct(_points(groups, joined=False), question)
    if len(points) > MOST:
        points = _distinct(_points(groups, joined=True), question)
    points = points or _whole(reference_answer)
    heaviest = sorted(points, key=lambda point: (-point.weight, point.order))[:MOST]
    return tuple(
        Criterion(f"c{number}", point.text, Kind.REQUIRED, point.weight)
        for number, point in enumerate(sorted(heaviest, key=lambda point: point.order), start=1)
    )


def _whole(reference_answer: str) -> list[_Point]:
    """An answer of a word or two, or one in the question's own words, is its own criterion."""
    text = " ".join(row.text for row in clauses(reference_answer) if not row.is_code)
    return [_point(_shortened(text), LEADING)] if text else []


def _points(groups: Iterable[Group], *, joined: bool) -> Iterable[_Point]:
    opening = True
    for group in groups:
        if not group.is_list:
            for sentence in group.items:
                weight = LEADING if opening or sentence.is_bold else STATED
                if not ASIDE.match(sentence.text):
                    yield _point(_shortened(sentence.text), weight)
                opening = False
            continue
        are_names = bool(EXAMPLES.match(group.lead))
        for texts, is_bold in _joined(group) if joined or are_names else _single(group):
            weight = LEADING if is_bold else LISTED
            weight = NAMED if are_names else weight
            yield _point(_with_lead(group.lead, texts), weight, apart_from=group.lead)


def _single(group: Group) -> Iterable[tuple[list[str], bool]]:
    return (([item.text], item.is_bold) for item in group.items)


def _joined(group: Group) -> Iterable[tuple[list[str], bool]]:
    """Fill criteria with neighbouring items, as many as fit, in parts of about equal length."""
    room = LONGEST - len(group.lead) - 2
    total = sum(len(item.text) + 2 for item in group.items)
    share = min(room, total / -(-total // room) + LONGEST / 8)
    texts: list[str] = []
    is_bold = False
    for item in group.items:
        if texts and len("; ".join([*texts, item.text])) > share:
            yield texts, is_bold
            texts, is_bold = [], False
        texts.append(item.text)
        is_bold = is_bold or item.is_bold
    if texts:
        yield texts, is_bold


def _with_lead(lead: str, texts: list[str]) -> str:
    said = "; ".join(text.rstrip(".;") for text in texts)
    needs_lead = len(texts) > 1 or len(set(content_stems(said))) < LEAST_STEMS
    return _shortened(f"{lead}: {said}" if lead and needs_lead else said)


def _shortened(text: str) -> str:
    """At most `LONGEST` characters, cut where a reader would pause."""
    if len(text) <= LONGEST:
        return text
    head = text[:LONGEST]
    pauses = [head.rfind(mark) for mark in (". ", "; ", ": ", ", ", " — ", " – ")]  # noqa: RUF001 - dashes are pauses
    pause = max(pauses)
    return head[: pause if pause > LONGEST // 3 else head.rfind(" ")].rstrip(" ,;:—–")  # noqa: RUF001 - the same


def _point(text: str, weight: Decimal, *, apart_from: str = "") -> _Point:
    own = frozenset(content_stems(text)) - frozenset(content_stems(apart_from))
    return _Point(text, weight, own or frozenset(content_stems(text)))


def _distinct(points: Iterable[_Point], question: str) -> list[_Point]:
    """Drop what only repeats the question or an earlier point."""
    asked = frozenset(content_stems(question))
    kept: list[_Point] = []
    for order, point in enumerate(points):
        if not point.stems - asked:
            continue
        if any(_repeats(point, other) for other in kept):
            continue
        kept.append(replace(point, order=order))
    return kept


def _repeats(point: _Point, other: _Point) -> bool:
    shared = len(point.stems & other.stems)
    return shared >= SAME * min(len(point.stems), len(other.stems)) and shared > 1
