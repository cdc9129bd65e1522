"""The JSON object of a reply.

A server with structured output replies with nothing else. One without writes words around it, and
may repeat what it was sent: so there is to be one object, and none that somebody else wrote.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, Final

from grading.grader.text import storable

FENCED: Final = re.compile(r"```(?:json)?[^\S\n]*\n(.*)```", re.DOTALL)  # of a whole stripped text
THOUGHTS: Final = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL | re.IGNORECASE)
# Of another object, whole or in pieces, or of thoughts that do not end where they seem to.
STRAY: Final = re.compile(r"[{}]|</?think>", re.IGNORECASE)
DECODER: Final = json.JSONDecoder()


class InvalidReply(Exception):  # noqa: N818 - named for what it is
    """A reply that is none to what was asked. The message holds no words of the reply."""


def parse_object(text: str, *, spelt_out: bool = False, sent: Iterable[str] = ()) -> dict[str, Any]:
    """The JSON object that a reply is, fenced or not. Raises `InvalidReply`.

    `spelt_out`: the form was asked for in words alone, so there may be thoughts before the object
    and words around it. One that stands in a text that was `sent` is an echo, and not read.
    """
    fenced = FENCED.fullmatch(text.strip())  # servers without structured output like to fence
    said = _only_object(text, sent) if spelt_out else fenced[1].strip() if fenced else text
    try:
        reply = _storable(json.loads(said))
    except (ValueError, RecursionError):  # the second where it is nested without end
        raise InvalidReply("It is not JSON.") from None
    if not isinstance(reply, dict):
        raise InvalidReply("It is not a JSON object.")
    return reply


def _only_object(text: str, sent: Iterable[str]) -> str:
    """Never one of two, however sure the choice may look: the other may be broken or quoted."""
    said = THOUGHTS.sub("", text, count=1)
    start = said.find("{")
    try:
        _, end = DECODER.raw_decode(said, max(start, 0))
    except (ValueError, RecursionError):
        raise InvalidReply("It is not JSON.") from None
    if start < 0 or said[:start].rstrip().endswith("["):
        raise InvalidReply("It is not a JSON object.")
    if STRAY.search(said[:start]) or STRAY.search(said[end:]):
        raise InvalidReply("It holds more than one object.")
    found = said[start:end]
    if any(_bare(found) in _bare(each) for each in sent):
        raise InvalidReply("It repeats what it was sent.")
    return found


def _bare(text: str) -> str:
    return "".join(text.split())


def _storable(value: Any) -> Any:
    """JSON may hold words, escaped, that a grade could not be written down with."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_storable(inner) for inner in value]
    if isinstance(value, dict):
        return {name: _storable(inner) for name, inner in value.items()}
    return value
