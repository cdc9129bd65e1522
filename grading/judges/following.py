"""A follow-up question written by Claude: what is sent, and what of the reply is taken."""

import json
import re
from typing import Any, Final

from grading.grader.following import Missed, own_stems, part_about
from grading.grader.injection import suspicious_spans
from grading.grader.text import TYPOGRAPHY, WORD, content_stems, normalise
from grading.judges.leaks import PIECE, SHORT, leaks, runs_of, words
from grading.judges.parsing import InvalidReply, parse_object
from grading.judges.prompt import as_inert_json, read_prompt
from grading.llm.calls import Block, Reply, Request

LONGEST: Final = 400  # characters
FEWEST_WORDS: Final = 4
MAX_TOKENS: Final = 2_000  # a model that always thinks needs them
RUN: Final = 6  # words in a row: a question is short, and so is what it must not say
PASSAGE: Final = 3  # words of the answer between quotation marks, from which they are no name
QUOTED: Final = re.compile('[“„«「"][^“”„«»「」"]+[”“»」"]')
LEFT_OUT: Final = "“…”"
MOST_NAMED: Final = 0.5  # share of the words that are the point's own, before it is given away

SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["question"],
    "properties": {"question": {"type": "string"}},
}


def follow_up_version() -> str:
    """What the ledger calls the prompt."""
    return read_prompt("follow_up")[0]


def follow_up_request(
    missed: Missed, *, model: str, effort: str, spell_out_schema: bool, user_id: str = ""
) -> Request:
    """What is sent: the point with its question, the answer and its part of the reference, and no
    notes for graders. `effort` is a policy's; a spelt out schema is for servers that take none."""
    said = read_prompt("follow_up")[1]
    if spell_out_schema:
        said += f"\n\n# Form\n\nReply with one JSON object of this schema: {json.dumps(SCHEMA)}"
    material = missed.material
    told = {
        "question": material.question,
        "candidate_answer": material.answer,
        "missing_point": missed.criterion.text,
        "standing": missed.mark.value,
        "reference": part_about(missed.criterion, material.reference_answer),
    }
    return Request(
        model=model,
        system=(Block(said),),  # too short a prompt, and too seldom sent, to be worth keeping
        user=as_inert_json(told),
        max_tokens=MAX_TOKENS,
        schema=SCHEMA,
        effort=effort,
        user_id=user_id,
    )


def read_follow_up(reply: Reply, missed: Missed, *, spelt_out: bool = False) -> str:
    """The question, on one line. Raises `InvalidReply`, also for one that gives the point away or
    speaks to a grader: it would be part of what the next answer is judged by. `spelt_out` as in
    `parse_object`."""
    if reply.stop_reason != "end_turn":
        raise InvalidReply("It did not come to its end.")
    found = parse_object(reply.text, spelt_out=spelt_out, sent=missed.material.texts)
    said = found.get("question")
    if not isinstance(said, str) or len(words(said)) < FEWEST_WORDS:
        raise InvalidReply("It asks nothing.")
    question = " ".join(said.split())
    if len(question) > LONGEST:
        raise InvalidReply("It is too long.")
    if gives_away(question, missed):
        raise InvalidReply("It gives the point away.")
    if suspicious_spans(question):
        raise InvalidReply("It speaks to a grader.")
    return question


def gives_away(question: str, missed: Missed) -> bool:
    """Whether it repeats a run of the point, the reference or the notes, or names more than half
    of the words that the point alone uses. What question or answer said is open."""
    material = missed.material
    secret: set[tuple[str, ...]] = set()
    for text in (missed.criterion.text, material.reference_answer, material.grader_notes):
        spoken = words(text)
        if text is missed.criterion.text or len(spoken) >= SHORT:
            secret |= runs_of(spoken, min(RUN, len(spoken)))
    for length in {len(run) for run in secret}:
        for text in (material.question, material.answer):
            secret -= runs_of(words(text), length)
    own = own_stems(missed)
    named = own & set(content_stems(question))
    return leaks(question, secret) or len(named) > MOST_NAMED * len(own)


def without_passages(question: str, missed: Missed) -> str:
    """The question without what it repeats of the answer: a passage in quotation marks, and six
    words in a row without any. Names stay, and what the first question says as well."""
    asked, said = words(missed.material.question), words(missed.material.answer)
    quoted = runs_of(said, PASSAGE) - runs_of(asked, PASSAGE)
    bare = QUOTED.sub(lambda found: LEFT_OUT if leaks(found[0], quoted) else found[0], question)
    places = _places(bare)
    spoken = [word for word, _, _ in places]
    repeated = runs_of(said, RUN) - runs_of(asked, RUN)
    starts = [at for at in range(len(spoken)) if tuple(spoken[at : at + RUN]) in repeated]
    left_out = {at + place for at in starts for place in range(RUN)}
    kept, end = [], 0
    for at, (_, start, stop) in enumerate(places):
        if at in left_out:
            if at - 1 not in left_out:
                kept += [bare[end:start], LEFT_OUT]
            end = stop
    return "".join([*kept, bare[end:]])


def _places(text: str) -> list[tuple[str, int, int]]:
    """The text's words as `words` has them, and where they stand."""
    found = []
    for word in WORD.finditer(text.translate(TYPOGRAPHY)):
        for piece in PIECE.finditer(word[0]):
            start = word.start() + piece.start()
            found.append((normalise(piece[0]), start, start + len(piece[0])))
    return found
