"""Passages of an answer that speak to the grader instead of answering the question.

Honest answers may be about prompt injection, chat templates or rubrics. So a passage is flagged for
what it asks of *this* grading, and what a sentence quotes is read as its topic. A flagged passage
is shown to people and cannot serve as evidence; it costs nothing by itself.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from grading.grader.text import INVISIBLE
from grading.grader.verdict import Span

# Letters of other alphabets that pass for Latin ones; folded only to compare.
_LOOKALIKES: Final = "аaеeоoрpсcхxуyіiјjѕsԁdһhӏlкkмmтtвbнhαaοoνvιiρpτtκk"  # noqa: RUF001 - the characters are the point
FOLD: Final = {ord(a): b for a, b in zip(_LOOKALIKES[::2], _LOOKALIKES[1::2], strict=True)}
HIDDEN: Final = frozenset(
    {*INVISIBLE, 0x180E, *range(0x2061, 0x2065), *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
)
OVERRIDES: Final = "\u202d\u202e"  # turn the text after them around
TAGS: Final = range(0xE0001, 0xE0080)  # an invisible alphabet
FLAG_EMOJI: Final = "\U0001f3f4"  # the one honest use of that alphabet

_TOP: Final = r"(?:full|maximum|max|top|perfect|highest|100 ?%?|10 ?/ ?10|5 ?/ ?5)"
_MARKS: Final = r"(?:marks?|scores?|credits?|points?|grades?|ratings?)"
_TEXT: Final = r"(?:answer|response|submission|solution|reply)"
_THIS: Final = rf"(?:(?:this|my|the (?:above|candidate'?s|student'?s)|candidate'?s) {_TEXT})"
_POINTS: Final = r"(?:points?|criteri(?:a|on)|items?|requirements?|aspects?|parts?)"
_OUT_OF: Final = r"(?:\d+ ?/ ?\d+|100\b|1\.0\b|\d+ out of \d)"
_JUDGE: Final = r"(?:graders?|evaluators?|examiners?|assessors?|judges?|markers?|reviewers?)"
_RULES: Final = (
    r"(?:instructions?|prompts?|rubrics?|criteri(?:a|on)|guidelines?|rules|directions?"
    r"|(?:marking|grading) schemes?)"
)
_SET_ASIDE: Final = r"(?:ignore|disregard|forget|override|bypass)"
_YOURS: Final = (
    r"(?:previous|prior|above|earlier|preceding|your|system|grading|marking|scoring|all|any)"
)
_GIVE: Final = r"(?:give|award|grant|assign)"
_DONE: Final = r"(?:met|covered|satisfied|addressed|fulfilled|included|answered|explained)"
# The openings of an order, and of a claim: within a sentence the same words are its topic.
_ORDER: Final = r"^\W*(?:(?:please|now|so|and|important|attention|note|stop|ok|dear \w+)\b\W*)*"
_CLAIM: Final = (
    r"^\W*(?:(?:so|thus|therefore|hence|overall|clearly|indeed|again|note that|as you can see"
    r"|i (?:believe|think|confirm|certify|know)(?: that)?)\b\W*)*"
)

# What a sentence has to say, in small letters, by the words of which it needs one. Most answers
# have few of them, and looking for words takes a tenth of the time that matching takes.
Cue = tuple[tuple[str, ...], tuple[re.Pattern[str], ...]]
CUES: Final[tuple[Cue, ...]] = tuple(
    (needed, tuple(map(re.compile, patterns)))
    for needed, *patterns in (
        (  # orders to set the task aside
            ("ignore", "disregard", "forget", "override", "bypass"),
            rf"{_ORDER}{_SET_ASIDE}\b.{{0,30}}\b{_YOURS}\b.{{0,30}}\b{_RULES}",
            rf"{_ORDER}{_SET_ASIDE} (?:the |this )?(?:rubric|marking|grading|scoring|answer key)",
            rf"\b(?:you (?:must|should|will|have to)|then|instead),? {_SET_ASIDE}\b"
            rf".{{0,20}}\b{_YOURS}\b.{{0,20}}\b{_RULES}",
        ),
        (("you are now",), rf"{_ORDER}you are now\b.{{0,40}}\b{_JUDGE}\b"),
        (  # orders to award
            ("mark", "score", "credit", "point", "grade", "rating", "correct", "pass"),
            rf"\b(?:{_GIVE}|mark|score|rate|grade|return)\b.{{0,30}}\b(?:{_THIS}|me|(?:this|the) "
            rf"candidate)\b.{{0,40}}\b(?:{_TOP}\b.{{0,12}}\b{_MARKS}|{_MARKS}\b.{{0,12}}\b{_TOP}"
            r"|correct|pass)\b",
        ),
        (
            ("mark", "score", "credit", "point", "grade", "rate", "rating"),
            rf"{_ORDER}{_GIVE} (?:it |them |a |the )*{_TOP} (?:possible )?{_MARKS}",
            rf"(?:^\W*|[,;] ?|\band )(?:score|rate|grade)(?: it| this)?(?: as| at)? {_OUT_OF}",
            rf"{_ORDER}(?:set|assign)\b.{{0,10}}\b(?:score|grade|mark) (?:to|as|=) "
            rf"(?:{_TOP}|{_OUT_OF})",
            rf"{_ORDER}mark (?:every|all|each|this|it)\b.{{0,30}}\b"
            r"(?:as )?(?:met|correct|passed)\b",
            rf"\b(?:{_THIS}|i|rubric|criteria|scheme|any attempt)\b.{{0,24}}\b"
            rf"(?:deserve|merit|earn|award|receive|warrant|give)s?\b.{{0,16}}\b{_TOP} {_MARKS}\b",
            rf"\bfull {_MARKS} (?:for|to) (?:any|every|this|my)\b",
            # words put into the mouth of whoever grades
            rf"{_CLAIM}(?:(?:final|total|overall) )?(?:score|grade|marks?|rating)"
            rf"(?: is| =|\W{{1,3}}) ?{_OUT_OF}",
            rf"\b(?:final|total|overall) (?:score|grade|mark|rating)(?: is| =|:)? ?{_OUT_OF}",
        ),
        (  # words addressed to whoever grades
            ("dear", "hey", "hello", "hi", "note", "message", "attention", "instruction"),
            r"^\W*(?:dear|hey|hello|hi|note (?:to|for)|message (?:to|for)|attention|instructions? "
            rf"(?:to|for))\W+(?:the |my |all |any )?(?:\w+ )?(?:{_JUDGE}|ai|llm|grading \w+)\b",
        ),
        (
            ("the candidate", "the student"),
            r"\bthe (?:candidate|student)(?: has)?(?: fully| correctly| clearly)? (?:address|cover"
            rf"|demonstrat|satisf|meet|answered)\w*\b.{{0,24}}\b(?:{_POINTS}|rubric)\b",
        ),
        (
            ("criteri",),
            r"\bcriteri(?:on|a) c?\d+\W{1,4}(?:is |are |fully )?(?:met|satisfied|full)\b",
        ),
        (  # a rubric of the candidate's own
            ("rubric", "criteria", "scheme", "answer key"),
            r"\b(?:rubric|criteria|(?:marking|grading) scheme|answer key) (?:above|below|provided)"
            r"\b.{0,24}\b(?:error|wrong|incorrect|outdated|mistake|replaced|obsolete|void)",
            r"\b(?:corrected|updated|revised|new|actual|real) (?:rubric|marking scheme|answer key"
            r"|criteria)\b.{0,24}\b(?:awards?|gives?|accepts?|grants?|full)\b",
        ),
        (  # praise of one's own answer in place of an answer
            ("all", "every"),
            r"\b(?:all|every)(?: of)?(?: the)? (?:rubric|required|grading|marking|expected) "
            rf"{_POINTS}\b.{{0,20}}\b(?:are|were|have been|is|was) (?:\w+ )?{_DONE}",
            rf"{_CLAIM}(?:all|every)(?: of)?(?: the)? {_POINTS} (?:are|were|have been|is|was) "
            rf"(?:\w+ )?{_DONE}",
        ),
        (
            ("answer", "response", "submission", "solution", "reply"),
            rf"{_CLAIM}(?:{_THIS}|the {_TEXT}) (?:is |was )?(?:\w+ )?(?:(?:fully|completely"
            r"|perfectly|entirely|100%) )?(?:correct|complete|perfect|flawless|covers?|addresses"
            r"|meets|satisfies|contains|includes)\b.{0,12}"
            r"(?:$|[.!]|\b(?:all|every|and|rubric|criteria|question)\b)",
        ),
        (
            ("all", "every", "each"),
            r"\bi(?: have|'ve)?(?: fully| already| now)? (?:cover|address|includ|meet|met|satisf|"
            rf"answer|explain|mention)\w*\b.{{0,12}}\b(?:all|every|each)\b.{{0,24}}\b(?:{_POINTS}|"
            r"rubric)\b",
        ),
    )
)
# The marks of another channel. Those of grading are suspicious wherever they stand …
GRADING_TAG: Final = re.compile(
    r"</?(?:candidate|student)[ _-]?(?:answer|submission|response)s?\s*/?>"
    r"|</?(?:grader|grading|judge)[\w-]*\s*/?>"
    r"|\bend of (?:the )?(?:candidate|student)(?:'s)? (?:answer|response|submission)\b",
    re.IGNORECASE,
)
# … the others where a line or sentence begins with one and goes on about marks.
ROLE: Final = re.compile(
    r"(?:^|(?<=[.!?>\]}]))[^\S\n]*(?:<\|?/?[a-z_ ]+\|?>|\[/?(?:INST|SYSTEM)\]|<</?SYS>>"
    r"|[\W_]{0,8}(?:system|assistant|developer|human|user"
    rf"|(?:{_JUDGE}|grading|evaluation|assessment|scoring|marking|verdict|judge?ment|feedback)"
    r"(?:'s)?)(?: (?:message|prompt|override|reasoning|notes?|comments?|summary|result|verdict"
    r"|output|analysis))?[*_ ]{0,3}:|\{[^\n{}]{0,40}(?=[\"'](?:score|verdict|grade|marks?)[\"']))",
    re.IGNORECASE | re.MULTILINE,
)
ABOUT_MARKS: Final = re.compile(
    rf"\b{_TOP} {_MARKS}\b|\bthe (?:candidate|student)\b|\b{_THIS}\b|\b{_OUT_OF}"
    rf"|\bthe {_TEXT} (?:is|was|fully|completely|correctly|covers|meets|addresses)\b"
    rf"|\b(?:all|every) (?:rubric )?{_POINTS}\b|[\"'](?:score|grade|marks?)[\"'] ?: ?[\"'\d]",
    re.IGNORECASE,
)
LABELLED: Final = re.compile(r"^\W*\w+(?:'s)?(?: \w+)?\W{0,3}:", re.IGNORECASE)
QUOTED: Final = re.compile(
    r"\"[^\"\n]*\"|“[^”\n]*”|`[^`\n]+`|(?<!\w)'[^'\n]+'(?!\w)|```.*?```", re.DOTALL
)
QUOTES: Final = "\"“`'"  # one of which opens whatever is quoted
FENCED: Final = re.compile(r"^```.*?(?:^```|\Z)", re.DOTALL | re.MULTILINE)
AROUND: Final = 4  # words beside a quotation that make it a topic
SENTENCE: Final = re.compile(r"[^.!?\n]+(?:[.!?]+(?!\s|$)[^.!?\n]+)*[.!?]*")
SMUGGLED: Final = 3  # letters in a row with something invisible between
ASCII_RUN: Final = re.compile(r"[\0-\x7f]+|.", re.DOTALL)  # read as they stand, so in one go


@lru_cache(maxsize=16)  # asked for by whoever has a part in one judgement
def suspicious_spans(answer: str) -> tuple[Span, ...]:
    """Where the answer addresses its grading: sentences, or the rest of a paragraph after a label
    such as "Grader reasoning:". In order, without overlap; offsets into `answer`."""
    folded, offsets = _folded(answer)
    found = [Span(offsets[a], offsets[b - 1] + 1) for a, b in _told(folded)]
    return _joined([*found, *_smuggled(answer)])


@lru_cache(maxsize=256)  # asked for by every answer to the same question
def are_suspicious(*texts: str) -> bool:
    """Whether any of these texts addresses the grading: of a question they say what an answer is
    judged by, and have nothing to ask of who judges. Notes for graders do, so leave them out."""
    return any(suspicious_spans.__wrapped__(text) for text in texts)


def _folded(text: str) -> tuple[str, list[int]]:
    """The text as a model might read it, and where each of its characters came from."""
    pieces: list[str] = []
    offsets: list[int] = []
    for found in ASCII_RUN.finditer(text):
        offset, original = found.start(), found[0]
        if original.isascii():
            pieces.append(original)
            offsets.extend(range(offset, found.end()))
            continue
        if ord(original) in HIDDEN:
            # Two in a row part a smuggled sentence from the honest one before it.
            after_hidden = offset > 0 and ord(text[offset - 1]) in HIDDEN
            if after_hidden and not "".join(pieces[-1:]).endswith("\n"):
                pieces.append("\n")
                offsets.append(offset)
            continue
        for character in _seen_as(original):
            pieces.append(character)
            offsets.append(offset)
    return "".join(pieces), offsets


@lru_cache(maxsize=2048)
def _seen_as(original: str) -> str:
    code = ord(original)
    seen = unicodedata.normalize("NFKC", chr(code - 0xE0000) if code in TAGS else original)
    plain = seen.translate({0x2019: "'", 0x2018: "'"})
    return "".join(
        FOLD.get(ord(low), character) if len(low := character.lower()) == 1 else character
        for character in plain
    )


def _told(text: str) -> Iterator[tuple[int, int]]:
    cued = _cued(text.lower())
    for sentence in SENTENCE.finditer(text):
        start, end = sentence.span()
        own = _without_topics(sentence[0])
        if GRADING_TAG.search(own) or _speaks_to_the_grader(own.strip().lower(), cued):
            stop = _paragraph_end(text, end) if LABELLED.match(own) else end
            yield start, stop
    # Code may show roles and JSON; orders and claims in it are found by the sentence above.
    plain = FENCED.sub(lambda found: " " * len(found[0]), text) if "```" in text else text
    for role in ROLE.finditer(plain):
        stop = _paragraph_end(text, role.end())
        said = text[role.start() : stop]
        if ABOUT_MARKS.search(_without_topics(said[len(role[0]) :])):
            yield role.start(), stop


def _cued(said: str) -> list[Cue]:
    return [cue for cue in CUES if any(word in said for word in cue[0])]


def _speaks_to_the_grader(said: str, cued: list[Cue]) -> bool:
    return any(
        any(word in said for word in needed) and any(pattern.search(said) for pattern in patterns)
        for needed, patterns in cued
    )


def _paragraph_end(text: str, start: int) -> int:
    blank = re.compile(r"\n\s*\n").search(text, start)
    return blank.start() if blank else len(text)


def _without_topics(sentence: str) -> str:
    """The sentence with what it quotes blanked, if it says anything beside the quotation."""
    if not any(mark in sentence for mark in QUOTES):
        return sentence
    beside = QUOTED.sub(lambda found: " " * len(found[0]), sentence)
    return beside if len(re.findall(r"\w+", beside)) >= AROUND else sentence


def _smuggled(answer: str) -> Iterator[Span]:
    """Words interleaved with invisible characters, the invisible alphabet, text turned around."""
    if answer.isascii():
        return
    between = "".join(map(chr, HIDDEN - {0xAD}))  # soft hyphens stand between syllables
    woven = rf"(?:[A-Za-z0-9 ,.][{between}]+){{{SMUGGLED},}}[A-Za-z0-9]?"
    turned = f"[{OVERRIDES}][^\n]*"
    tag = f"[{chr(TAGS.start)}-{chr(TAGS.stop - 1)}]"
    tags = f"(?<!{FLAG_EMOJI})(?<!{tag}){tag}{{{SMUGGLED},}}"
    for match in re.finditer(f"{woven}|{turned}|{tags}", answer):
        yield Span(*match.span())


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    joined: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, one.end)):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)
