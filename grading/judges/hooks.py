"""What a judge that makes calls tells of them while it works."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from grading.llm.calls import CallRecord, Request, Tokens


@dataclass(frozen=True, slots=True)
class Turn:
    """Leave to send `request`, which may have been marked anew. With `on_start` its reply is
    streamed; `on_end` is told what the call took, unless it failed.
    """

    request: Request
    on_start: Callable[[], None] | None = None
    on_end: Callable[[Tokens], None] | None = None


@dataclass(frozen=True, slots=True)
class Hooks:
    """`record` hears of every call, failed ones too. `before_call` hears of every request about to
    be sent, and may raise to stop it; `not_sent` hears when it was held back after that. With
    `on_start` or `on_text` replies are streamed: the first is called when a reply has begun, the
    second with each piece of its text. A request is sent within its `take_turn`, which may make it
    wait for others, or raise. `may_read_anew` says whether readings may be thrown away, and paid
    for again, because a further one has to wait.
    """

    record: Callable[[CallRecord], None]
    before_call: Callable[[Request], None] | None = None
    not_sent: Callable[[], None] | None = None
    on_start: Callable[[], None] | None = None
    on_text: Callable[[str], None] | None = None
    take_turn: Callable[[Request], AbstractContextManager[Turn]] | None = None
    may_read_anew: Callable[[], bool] = lambda: True
