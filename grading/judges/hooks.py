"""What a judge that makes calls tells of them while it works."""

from collections.abc import Callable
from dataclasses import dataclass

from grading.llm.calls import CallRecord


@dataclass(frozen=True, slots=True)
class Hooks:
    """`record` hears of every call, failed ones too. `before_call` may raise to stop one from being
    made. With `on_start` or `on_text` replies are streamed: the first is called when a reply has
    begun, the second with each piece of its text.
    """

    record: Callable[[CallRecord], None]
    before_call: Callable[[], None] | None = None
    on_start: Callable[[], None] | None = None
    on_text: Callable[[str], None] | None = None
