"""The two seams of grading: anything of these shapes can judge or embed."""

from collections.abc import Sequence
from typing import Protocol

from grading.grader.material import Material
from grading.grader.verdict import Judgement


class Judge(Protocol):
    """Reads one answer. `name`, `model` and `prompt_version` are stored with every grade."""

    @property
    def name(self) -> str: ...

    @property
    def model(self) -> str: ...

    @property
    def prompt_version(self) -> str: ...

    def judge(self, material: Material) -> Judgement:
        """Return one verdict per criterion; raise one of the judge's typed errors if it cannot."""
        ...


class Embedder(Protocol):
    """Turns texts into vectors of `dimensions` floats with a length of one."""

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one unit vector per text, in the order of the texts."""
        ...
