"""Which topics a question belongs to, from the words they share."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from interview.formats.outline.answers import verbatim_lines
from interview.formats.outline.topics import Tip

WORD = re.compile(r"[^\W_]+")
STOP = frozenset(
    WORD.findall(
        "a an and are as at be by can do does for from how in is it its of on or our that the "
        "their they this to use was we what when where which who why will with you your etc "
        "explain describe common know understand important"
    )
)
ENDINGS = (
    "izations", "ization", "izing", "ized", "izes", "ize", "ations", "ation", "ating", "ated",
    "ates", "ate", "ments", "ment", "ities", "ity", "ings", "ing", "ed", "es", "s", "ty", "e",
)  # fmt: skip
SHORTEST_STEM = 3
LONGEST_ACRONYM = 6
LEAD = re.compile(r"(?:\s*(?:[-*+]|\d+[.)])\s+(?P<item>.+)|#+\s+(?P<heading>.+))")
ASIDE = re.compile(r":|\(|\s[-\u2013\u2014]")
BOLD = re.compile(r"\*\*(.+?)\*\*|__(.+?)__")


@dataclass(frozen=True, slots=True)
class Words:
    """A question's stems: of its title, of its prompt, and of each heading of its answer."""

    title: list[str]
    prompt: list[str]
    leads: list[list[str]]

    @property
    def all(self) -> set[str]:
        return {*self.title, *self.prompt}.union(*self.leads)


@dataclass(frozen=True, slots=True)
class Subject:
    """A topic's stems: of its name, and of each run of words in what is said about it."""

    name: list[str]
    advice: list[str]

    @property
    def phrases(self) -> list[list[str]]:
        return [list(pair) for pair in zip(self.advice, self.advice[1:], strict=False)]


def stems(text: str) -> list[str]:
    """The words that carry meaning, without their endings, in order."""
    words = (word.lower() for word in WORD.findall(text.replace("\u2019", "'").replace("'s", "")))
    return [_stem(word) for word in words if word not in STOP]


def place(tips: Sequence[Tip], questions: Sequence[tuple[str, str, str]]) -> list[tuple[int, ...]]:
    """For each (title, prompt, answer) the indexes of its topics, the best first.

    A topic that the title names beats one that the prompt names. Where neither names one, the
    topic wins that shares most with title, prompt and the answer's headings, rare words
    weighing more. None fits: an empty tuple.
    """
    subjects = [Subject(stems(tip.name), stems(tip.advice)) for tip in tips]
    words = [
        Words(stems(title), stems(prompt), _leads(answer)) for title, prompt, answer in questions
    ]
    total = len(words)
    seen = Counter(stem for each in words for stem in each.all)
    rarity = {stem: log((total + 1) / count) for stem, count in seen.items()}
    return [_placed(each, subjects, rarity) for each in words]


def _placed(words: Words, subjects: Sequence[Subject], rarity: dict[str, float]) -> tuple[int, ...]:
    named = _named(words.title, subjects) or _named(words.prompt, subjects)
    if named:
        return named
    scores = [
        _shared(words, subject, rarity) + _in_leads(words.leads, subject, rarity)
        for subject in subjects
    ]
    best = max(scores, default=0)
    return (scores.index(best),) if best > 0 else ()


def _named(text: list[str], subjects: Sequence[Subject]) -> tuple[int, ...]:
    """The topics named in full, unless a longer match has used up their words.

    So 'prompt injection and security' belongs to the topic whose advice speaks of prompt
    injection, not to prompting as well.
    """
    matches = []
    for index, subject in enumerate(subjects):
        name = _occurrence(subject.name, text)
        if name:
            used = name | {
                word for phrase in subject.phrases if _run(phrase, text) for word in phrase
            }
            matches.append((-len(used), index, name, used))
    taken: set[str] = set()
    kept = []
    for _, index, name, used in sorted(matches, key=lambda match: match[:2]):
        if not name <= taken:
            kept.append(index)
            taken |= used
    return tuple(kept)


def _occurrence(name: list[str], text: list[str]) -> set[str]:
    """The words of a text that name a topic: all of its words, or what its acronym stands for."""
    if name and set(name) <= set(text):
        return set(name)
    if len(name) == 1 and 1 < len(name[0]) <= LONGEST_ACRONYM:
        for start in range(len(text) - len(name[0]) + 1):
            run = text[start : start + len(name[0])]
            if "".join(word[0] for word in run) == name[0]:
                return set(run)
    return set()


def _run(phrase: list[str], text: list[str]) -> bool:
    return any(text[start : start + len(phrase)] == phrase for start in range(len(text)))


def _shared(words: Words, subject: Subject, rarity: dict[str, float]) -> float:
    """How much a topic's name (double) and advice share with title (double) and prompt."""
    weights: Counter[str] = Counter()
    for stem in set(words.title):
        weights[stem] += 2
    for stem in set(words.prompt):
        weights[stem] += 1
    name = sum(2 * weights[stem] * rarity.get(stem, 0) for stem in set(subject.name))
    advice = sum(weights[stem] * rarity.get(stem, 0) for stem in set(subject.advice))
    return name + advice


def _in_leads(leads: list[list[str]], subject: Subject, rarity: dict[str, float]) -> float:
    """How often the answer's headings name a topic; at the head of one it counts double."""
    score = 0.0
    for lead in leads:
        used = _occurrence(subject.name, lead)
        if used:
            weight = sum(rarity.get(stem, 0) for stem in used) / len(used)
            score += weight * (2 if lead[0] in used else 1)
    return score


def _leads(answer: str) -> list[list[str]]:
    """The stems of an answer's headings, bold words and list items, each up to where it begins
    to explain itself; code says nothing here."""
    code = verbatim_lines(answer)
    found = []
    for index, line in enumerate(answer.split("\n")):
        if index in code:
            continue
        lead = LEAD.match(line)
        if lead:
            found.append(stems(ASIDE.split(lead["item"] or lead["heading"], maxsplit=1)[0]))
        else:
            found += [stems(one or other) for one, other in BOLD.findall(line)]
    return [lead for lead in found if lead]


def _stem(word: str) -> str:
    for ending in ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= SHORTEST_STEM:
            if ending in {"ing", "ings", "ed"} and stem[-1] == stem[-2] and stem[-1] not in "lsz":
                return stem[:-1]
            return stem
    return word
