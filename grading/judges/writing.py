"""Feedback read out of a reply while it comes in: whole sentences, and none that leaks."""

import json
import re
from collections.abc import Callable
from typing import Final

from grading.grader.material import Material
from grading.judges.leaks import leaks, secret_runs

FIELD: Final = "feedback"
THOUGHTS: Final = "<think>"
THOUGHTS_END: Final = "</think>"
SENTENCE: Final = re.compile(r".*(?:[.!?…][\"'”’)\]*_`]*(?=\s)|[。！？])", re.DOTALL)  # noqa: RUF001 - the sentence ends of other scripts


class FieldReader:
    """Reads the string of one field of a JSON object, piece by piece.

    A string of that name deeper inside, or inside another string, is not the field.
    """

    def __init__(self, field: str) -> None:
        self._field = json.dumps(field)
        self._depth = 0
        self._string: list[str] | None = None  # the string that is open, its quote included
        self._escaped = False
        self._last = ""  # the last whole string
        self._wanted = False  # the next string is the field's
        self._raw: list[str] = []
        self.is_open = False
        self.is_done = False

    @property
    def text(self) -> str:
        """What there is of the field so far; nothing while an escape is cut off in the middle."""
        try:
            said: str = json.loads(f'"{"".join(self._raw)}"')
        except ValueError:
            return ""
        return said.encode("utf-8", "ignore").decode()  # half of a surrogate pair is still to come

    def feed(self, piece: str) -> None:
        for character in piece:
            if self.is_done:
                return
            if self._string is None:
                self._outside(character)
            else:
                self._inside(self._string, character)

    def _outside(self, character: str) -> None:
        if character == '"':
            self._string, self.is_open = ['"'], self._wanted
        elif character == ":":
            self._wanted = self._depth == 1 and self._last == self._field
        elif character in "{[":
            self._depth, self._wanted = self._depth + 1, False
        elif character in "}]":
            self._depth -= 1

    def _inside(self, string: list[str], character: str) -> None:
        ends = character == '"' and not self._escaped
        self._escaped = character == "\\" and not self._escaped
        if not ends:
            (self._raw if self.is_open else string).append(character)
            return
        self.is_done = self.is_open
        self._string, self._last = None, "".join([*string, '"'])


class AfterThoughts:
    """Leaves out the thoughts that some models write down before their reply, piece by piece."""

    def __init__(self) -> None:
        self._held = ""
        self._thinking = False
        self._over = False

    def of(self, piece: str) -> str:
        """What of the reply itself is known with this piece, and was not before."""
        if self._over:
            return piece
        self._held += piece
        begun = self._held.lstrip().lower()[: len(THOUGHTS)]
        if not self._thinking and begun == THOUGHTS:
            self._thinking = True
        if self._thinking:
            _, end, rest = self._held.partition(THOUGHTS_END)
            self._over = bool(end)
            self._held = self._held[-len(THOUGHTS_END) :]
            return rest
        self._over = not THOUGHTS.startswith(begun)
        return self._held if self._over else ""


class Writing:
    """Publishes the feedback of one reply as it grows, for hooks to call.

    `publish` hears of whole sentences, all so far each time. Where one leaks what candidates must
    not see, nothing more is published; an empty text takes back what was, when a reply begins anew.
    """

    def __init__(self, material: Material, publish: Callable[[str], None]) -> None:
        self._material = material
        self._publish = publish
        self._secret: frozenset[tuple[str, ...]] | None = None
        self._published = ""
        self._reader = FieldReader(FIELD)
        self._reply = AfterThoughts()
        self._leaked = False

    def begin(self) -> None:
        """A reply has begun; what came before it was another one."""
        self._reader, self._reply, self._leaked = FieldReader(FIELD), AfterThoughts(), False
        if self._published:
            self._tell("")

    def add(self, piece: str) -> None:
        """The next piece of the reply."""
        if self._reader.is_done or self._leaked:
            return
        self._reader.feed(self._reply.of(piece))
        if not self._reader.is_open:
            return
        text = self._reader.text
        whole = SENTENCE.match(text)
        said = (text if self._reader.is_done else whole[0] if whole else "").strip()
        if len(said) <= len(self._published):
            return
        if self._secret is None:
            self._secret = secret_runs(self._material)
        self._leaked = leaks(said, self._secret)
        if not self._leaked:
            self._tell(said)

    def _tell(self, text: str) -> None:
        self._published = text
        self._publish(text)
