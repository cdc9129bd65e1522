"""A judge for tests: it says what it was told to say, in order, and remembers what it was asked."""

from collections.abc import Iterable
from typing import Final

from grading.grader.material import Material
from grading.grader.verdict import Judgement
from grading.judges.base import Unjudgeable


class ScriptedJudge:
    """Plays its script one call at a time: a Judgement is returned, an exception raised.

    Raises `Unjudgeable` when called after the script's end.
    """

    name: Final = "scripted"
    model: Final = "scripted"
    prompt_version: Final = "scripted-1"

    def __init__(self, script: Iterable[Judgement | Exception]) -> None:
        self._script = iter(script)
        self.asked: list[Material] = []

    def judge(self, material: Material) -> Judgement:
        self.asked.append(material)
        turn = next(self._script, None)
        if turn is None:
            raise Unjudgeable("The script has no more turns.")
        if isinstance(turn, Exception):
            raise turn
        return turn
