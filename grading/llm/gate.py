"""What stands before every call: it may hold one back, and hears how each ended."""

from typing import Final, Protocol

from grading.llm.calls import Reply
from grading.llm.failures import CallFailed


class Passage(Protocol):
    """One call's way through. Exactly one of the two is called when it has ended."""

    def answered(self, reply: Reply) -> None: ...
    def failed(self, failure: CallFailed) -> None: ...


class Gate(Protocol):
    """Shared by threads."""

    def enter(self, model: str) -> Passage:
        """Let a call pass, perhaps after a moment. Raises `HeldBack` when it has to wait longer."""
        ...


class _Open:
    def enter(self, model: str) -> Passage:  # noqa: ARG002 - the protocol's
        return self

    def answered(self, reply: Reply) -> None:
        """Nobody counts."""

    def failed(self, failure: CallFailed) -> None:
        """Nobody counts."""


OPEN: Final[Gate] = _Open()
