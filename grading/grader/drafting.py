"""A first rubric for a question that came with an answer only, drawn from that answer's structure.

Every draft is made of the reference answer's own words, so the reference itself earns it, and every
sentence of it that says something belongs to one criterion. Misconceptions are never invented: only
a person can say what people get wrong.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, reduce
from itertools import accumulate, pairwise
from typing import Final

from grading.grader.material import Criterion, Kind
from grading.grader.outline import Group, outline
from grading.grader.text import ABBREVIATION, clauses, content_stems

MOST: Final = 8
LONGEST: Final = 240  # characters of one criterion …
LONGEST_OF_LIST: Final = 160  # … of one that joins items, which are read one by one …
AT_LAST: Final = 400  # … and of one where the answer is so long that it would not fit otherwise
SAME: Final = 0.7  # share of content words from which one of two says nothing new
LEAST_STEMS: Final = 3  # content words, below which a text needs its heading or its neighbour

# A content word counts so much more where it leads, and less in lists of examples and names.
LEADING: Final = 1.5  # the opening sentence, and what a bold term leads
STATED: Final = 1.0
NAMED: Final = 0.5
TYPICAL: Final = 2.0  # the mean weight of a draft
STEP: Final = Decimal("0.5")  # of weights, and the least one
HEAVIEST: Final = Decimal(5)

EXAMPLES: Final = re.compile(r"^(?:examples?|common|popular|typical|use cases)\b", re.IGNORECASE)
ASIDE: Final = re.compile(r"^(?:for example|for instance|e\.g\.|note|see)\b", re.IGNORECASE)
# Where a reader pauses, the strongest pauses first.
PAUSES: Final = (
    re.compile(r"[.;] "),
    re.compile(r": | [—–-] "),  # noqa: RUF001 - dashes are pauses
    re.compile(r", "),
    re.compile(r" (?=\(|(?:and|or|but|while|which|because|where|so)\b)"),
)


@dataclass(frozen=True, slots=True)
class _Point:
    text: str
    emphasis: float
    stems: frozenset[str]
    group: int  # the list or paragraph it comes from
    weight: float = 0.0  # content words beside the question, times the emphasis


def draft_criteria(question: str, reference_answer: str) -> tuple[Criterion, ...]:
    """Return up to eight required criteria, in the order of the answer; none for an empty one.

    Lists and bold terms make criteria before sentences do; code, diagrams and asides are passed
    over. What does not fit one by one is joined with its neighbours. A criterion weighs by its
    share of what the answer says, more where a bold term leads, less in a list of names. Fewer than
    three come back only where the answer says no more than that; the shortest answer is one
    criterion as it stands.
    """
    groups = outline(reference_answer)
    points = _distinct(_points(groups, joined=False), question)
    if len(points) > MOST:
        points = _distinct(_points(groups, joined=True), question)
    points = _few(_folded(points)) or _whole(reference_answer)
    points = [_weighed(point, question) for point in points]
    mean = sum(point.weight for point in points) / max(len(points), 1)
    return tuple(
        Criterion(f"c{number}", point.text, Kind.REQUIRED, _rounded(TYPICAL * point.weight / mean))
        for number, point in enumerate(points, start=1)
    )


def _whole(reference_answer: str) -> list[_Point]:
    """An answer of a word or two, or one in the question's own words, is its own criterion."""
    text = " ".join(row.text for row in clauses(reference_answer) if not row.is_code)
    return [_point(part, STATED, 0) for part in _parts(text)[:1]]


def _points(groups: Sequence[Group], *, joined: bool) -> Iterable[_Point]:
    opening = True
    for number, group in enumerate(groups):
        if not group.is_list:
            for sentence in group.items:
                emphasis = LEADING if opening or sentence.is_bold else STATED
                if not ASIDE.match(sentence.text):
                    yield from (_point(part, emphasis, number) for part in _parts(sentence.text))
                opening = False
            continue
        are_names = bool(EXAMPLES.match(group.lead))
        for texts, is_bold in _joined(group) if joined or are_names else _single(group):
            emphasis = LEADING if is_bold else STATED
            emphasis = NAMED if are_names else emphasis
            for part in _parts(_with_lead(group.lead, texts)):
                yield _point(part, emphasis, number, apart_from=group.lead)


def _single(group: Group) -> Iterable[tuple[list[str], bool]]:
    return (([item.text], item.is_bold) for item in group.items)


def _joined(group: Group) -> Iterable[tuple[list[str], bool]]:
    """Fill criteria with neighbouring items, as many as fit, in parts of about equal length."""
    room = max(LONGEST_OF_LIST - len(group.lead) - 2, LONGEST_OF_LIST // 4)
    total = sum(len(item.text) + 2 for item in group.items)
    share = min(room, total / -(-total // room) + LONGEST_OF_LIST / 8)
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
    return f"{lead}: {said}" if lead and needs_lead else said


def _parts(text: str) -> list[str]:
    """The text in parts of at most `LONGEST` characters, cut where a reader would pause."""
    parts = []
    while len(text) > LONGEST:
        at = _pause(text)
        parts.append(text[:at])
        text = text[at:].lstrip(" ,;:—–-")  # noqa: RUF001 - dashes are pauses
    return [part for part in (part.rstrip(" ,;:—–") for part in [*parts, text]) if part]  # noqa: RUF001 - the same


def _pause(text: str) -> int:
    """Where to cut: the last strong pause that leaves two fair parts, outside of brackets."""
    for pause in PAUSES:
        for found in reversed(list(pause.finditer(text, LONGEST // 3, LONGEST))):
            before = text[: found.end()].rstrip()
            if before.count("(") <= before.count(")") and not ABBREVIATION.search(before):
                return found.end()
    return max(text.rfind(" ", 0, LONGEST), LONGEST // 3)


def _point(text: str, emphasis: float, group: int, *, apart_from: str = "") -> _Point:
    own = frozenset(content_stems(text)) - frozenset(content_stems(apart_from))
    return _Point(text, emphasis, own or frozenset(content_stems(text)), group)


def _distinct(points: Iterable[_Point], question: str) -> list[_Point]:
    """Drop what only repeats the question or another point; the one that says more is kept."""
    asked = frozenset(content_stems(question))
    kept: list[_Point] = []
    for point in points:
        if not point.stems - asked or any(_repeats(point, other) for other in kept):
            continue
        told = [place for place, other in enumerate(kept) if _repeats(other, point)]
        if told:
            emphasis = max(point.emphasis, kept[told[0]].emphasis)
            kept[told[0]] = replace(point, emphasis=emphasis)
            kept = [other for place, other in enumerate(kept) if place not in told[1:]]
        else:
            kept.append(point)
    return kept


def _repeats(point: _Point, other: _Point) -> bool:
    shared = len(point.stems & other.stems)
    return shared > 1 and shared >= SAME * len(point.stems)


def _folded(points: list[_Point]) -> list[_Point]:
    """What says hardly anything alone goes to its neighbour, or where that has no room, away."""
    found: list[_Point] = []
    for point in points:
        last = found[-1] if found else None
        if last is None or last.group != point.group or not _is_slight(point, last):
            found.append(point)
        elif len(last.text) + len(point.text) < LONGEST:
            found[-1] = _together(last, point)
    return found


def _is_slight(point: _Point, last: _Point) -> bool:
    sizes = len(point.stems), len(last.stems)
    # Whoever leads both with a bold term and says something of each has told them apart.
    told_apart = point.emphasis == last.emphasis == LEADING and min(sizes) > 1
    return min(sizes) < LEAST_STEMS and not told_apart


def _few(points: list[_Point]) -> list[_Point]:
    """Neighbours joined until there are few enough; what weighs least goes where it is too long."""
    while len(points) > MOST:
        if sum(len(point.text) for point in points) <= MOST * AT_LAST:
            joined = [reduce(_together, run) for run in _runs(points)]
            if all(len(point.text) <= AT_LAST for point in joined):
                return joined
        least = min(points, key=lambda point: point.emphasis * len(point.stems))
        points = [point for point in points if point is not least]
    return points


def _runs(points: list[_Point]) -> list[list[_Point]]:
    """Cut into `MOST` runs of about equal length, best between paragraphs and lists."""
    reached = [0, *accumulate(len(point.text) for point in points)]

    @cache
    def best(first: int, runs: int) -> tuple[float, tuple[int, ...]]:
        """(cost, where to cut) of the points from `first` on."""
        if runs == 1:
            return cost(first, len(points)), ()
        return min(
            (cost(first, cut) + best(cut, runs - 1)[0], (cut, *best(cut, runs - 1)[1]))
            for cut in range(first + 1, len(points) - runs + 2)
        )

    def cost(first: int, end: int) -> float:
        across = points[end - 1].group - points[first].group
        return float(reached[end] - reached[first]) ** 2 + across * LONGEST**2 / 4

    cuts = [0, *best(0, MOST)[1], len(points)]
    return [points[first:end] for first, end in pairwise(cuts)]


def _together(one: _Point, two: _Point) -> _Point:
    ends = one.text.rstrip().endswith((".", "!", "?"))
    stems, sizes = one.stems | two.stems, (len(one.stems), len(two.stems))
    emphasis = (one.emphasis * sizes[0] + two.emphasis * sizes[1]) / max(sum(sizes), 1)
    return _Point(f"{one.text}{'' if ends else ';'} {two.text}", emphasis, stems, two.group)


def _weighed(point: _Point, question: str) -> _Point:
    new = len(point.stems - frozenset(content_stems(question)))
    return replace(point, weight=point.emphasis * max(new, 1))


def _rounded(weight: float) -> Decimal:
    steps = round(weight / float(STEP))
    return min(max(STEP * steps, STEP), HEAVIEST)
