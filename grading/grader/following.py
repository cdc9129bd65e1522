"""One more question on a missed point: what it may name, what it must keep to itself."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from grading.grader.material import Criterion, Material
from grading.grader.outline import outline
from grading.grader.text import STOPWORDS, WORD, content_stems, normalise, stem
from grading.grader.verdict import Mark, Span

LONGEST_QUOTE: Final = 140  # characters of the answer that a question repeats
# Marks within a passage, so that those around it are the only ones of their kind.
NESTED: Final = str.maketrans('\u201c\u201d"', "\u2018\u2019'")
MOST_SENTENCES: Final = 2  # of the reference, about one point
LEAST_SHARE: Final = 0.3  # of a point's words, for a sentence of the reference to be about it
MUCH_BETTER: Final = 0.6  # of the best sentence's share, for the next one to belong to it
MOST_NAMED: Final = 2
SHORTEST_NAMED: Final = 4  # letters: shorter words point at nothing
_VAGUE_WORDS: Final = """
    answer approach become between better case cause change close code different difference effect
    example explain factor finished first give good help idea important include kind large leave
    main make mean model more most need number often only part point question reason result same
    several show small something system take thing together turn type use used value want whole
    without work write wrong
"""
VAGUE: Final = frozenset(stem(word) for word in _VAGUE_WORDS.split())


@dataclass(frozen=True, slots=True)
class Missed:
    """The point of a verdict that the next question is aimed at, with what was made of it.

    `evidence` are places in the answer; `others` how many more points of the rubric were missed.
    """

    material: Material
    criterion: Criterion
    mark: Mark
    evidence: tuple[Span, ...] = ()
    others: int = 0


def plain_question(missed: Missed) -> str | None:
    """A question in words that the candidate has seen or written; None where there are none.

    It repeats what the answer said of the point, and names what question or answer share with the
    point. Where this is all that is missing, it asks for what is missing.
    """
    quote = _quote(missed)
    if quote and missed.mark is Mark.CONTRADICTED:
        return f"You wrote: “{quote}” Look at that again: does it hold, and why or why not?"
    if quote and missed.mark is Mark.PARTIAL:
        left = _named(missed, missed.material.question, besides=quote)
        about = f" about {left}" if left else ""
        return f"You wrote: “{quote}” Something that matters is still missing{about}. What is it?"
    said = _named(missed, missed.material.answer, besides=missed.material.question)
    if said:
        return f"You mention {said}. Go on from there: what matters about that for this question?"
    asked = _named(missed, missed.material.question)
    if asked:
        return f"What else is there to say about {asked}? Your answer leaves a part of that open."
    if not missed.others:
        return "One thing that a full answer says is still missing from yours. What is it?"
    return None


def part_about(criterion: Criterion, reference_answer: str) -> str:
    """The one or two sentences of the reference that say what the criterion says; may be empty."""
    wanted = set(content_stems(criterion.text))
    said = [item.text for group in outline(reference_answer) for item in group.items]
    shares = [len(wanted & set(content_stems(text))) / max(len(wanted), 1) for text in said]
    best = max(shares, default=0.0)
    if best < LEAST_SHARE:
        return ""
    ranked = sorted(range(len(said)), key=lambda place: -shares[place])[:MOST_SENTENCES]
    kept = sorted(place for place in ranked if shares[place] >= best * MUCH_BETTER)
    return " ".join(said[place] for place in kept)


def own_stems(missed: Missed) -> set[str]:
    """What the point says in words that neither question nor answer has used."""
    material = missed.material
    open_stems = {*content_stems(material.question), *content_stems(material.answer)}
    return set(content_stems(missed.criterion.text)) - open_stems


def _quote(missed: Missed) -> str:
    """The answer's own words on the point, on one line, double marks in it made single; too long a
    passage is cut at a word."""
    passages = [missed.material.answer[span.start : span.end] for span in missed.evidence]
    lines = [" ".join(one.split()).translate(NESTED) for one in passages if one.strip()]
    if not lines:
        return ""
    line = min(lines, key=len)
    if len(line) <= LONGEST_QUOTE:
        return line
    return re.sub(r"\W*\s\S*$", "", line[:LONGEST_QUOTE]) + " …"


def _named(missed: Missed, text: str, besides: str = "") -> str:
    """Words in a row that the text shares with the point, what sets it apart first; in quotes."""
    material, point = missed.material, missed.criterion
    wanted = set(content_stems(point.text)) - set(content_stems(besides)) - VAGUE
    elsewhere = {
        one for other in material.criteria if other.id != point.id
        for one in content_stems(other.text)
    }  # fmt: skip
    found: dict[str, tuple[int, int, int]] = {}
    for run in _runs(text, wanted):
        stems = set(content_stems(run))
        found.setdefault(run, (len(stems - elsewhere), len(stems), len(run)))
    best = sorted(found, key=lambda run: found[run], reverse=True)[:MOST_NAMED]
    return " and ".join(f"“{run}”" for run in _distinct(best))


def _distinct(runs: Sequence[str]) -> list[str]:
    """Without those whose words another one has already."""
    kept: list[str] = []
    for run in runs:
        if not any(set(content_stems(run)) <= set(content_stems(other)) for other in kept):
            kept.append(run)
    return kept


def _runs(text: str, wanted: set[str]) -> list[str]:
    """The longest runs of wanted words, as they are written."""
    runs: list[list[re.Match[str]]] = []
    last: re.Match[str] | None = None
    for word in WORD.finditer(text):
        plain = normalise(word[0])
        is_wanted = plain not in STOPWORDS and stem(plain) in wanted
        beside = last is not None and text[last.end() : word.start()] in {" ", "-"}
        if is_wanted and beside and runs:
            runs[-1].append(word)
        elif is_wanted:
            runs.append([word])
        last = word if is_wanted else None
    said = [text[run[0].start() : run[-1].end()] for run in runs]
    return [run for run in said if len(run) >= SHORTEST_NAMED]
