"""A client that has its replies already: what speaks to it cannot tell that they came by batch."""

from collections.abc import Callable, Sequence

from grading.llm.calls import Reply, Request
from grading.llm.client import Access, Client


class Asked(Exception):  # noqa: N818 - named for what happened
    """A reply was asked for that is not there yet. The request is the next one to send."""

    def __init__(self, request: Request) -> None:
        super().__init__("This request has no reply yet.")
        self.request = request


class Replay(Client):
    """Gives the replies it was made with, in their order, then raises `Asked`."""

    def __init__(self, access: Access, replies: Sequence[Reply]) -> None:
        self.access = access
        self._replies = list(replies)

    def send(
        self,
        request: Request,
        *,
        on_start: Callable[[], None] | None = None,  # noqa: ARG002 - nothing is streamed again
        on_text: Callable[[str], None] | None = None,  # noqa: ARG002 - the same
    ) -> Reply:
        if not self._replies:
            raise Asked(request)
        return self._replies.pop(0)
