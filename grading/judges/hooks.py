"""What a judge that makes calls tells of them while it works."""

from collections.abc import Callable
from dataclasses import dataclass

from grading.llm.calls import CallRecord, Request


@dataclass(frozen=True, slots=True)
class Hooks:
    """`record` hears of every call, failed ones too. `before_call` hears of every request about to
    be sent, and may raise to stop it. With `on_start` or `on_text` replies are streamed: the first
    is called when a reply has begun, the second with each piece of its text.
    """

    record: Callable[[CallRecord], None]
    before_call: Callable[[Request], None] | None = None
    on_start: Callable[[], None] | None = None
    on_text: Callable[[str], None] | None = None
