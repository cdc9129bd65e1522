"""What can go wrong, scripted request by request or drawn from a seeded mix."""

import json
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.fakes.errors import Refused

STOPS = {
    "end_turn", "max_tokens", "refusal", "tool_use", "pause_turn", "stop_sequence",
    "model_context_window_exceeded", "null",
}  # fmt: skip
DROPS = {"before", "mid", "after"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One deviation from a good reply; the fields combine.

    ``status``: answered with this error instead (nothing is billed).
    ``drop``: the connection breaks, "before" anything is done (not billed), "mid" reply after
    ``message_start`` (billed so far), or "after" the work, with no byte sent (billed in full).
    ``error``: an error of this type after ``message_start``; without streaming, its status.
    ``stop``: the stop reason; "null" ends a stream cleanly without ``message_delta``.
    ``text``: said in place of the judge's reply. ``slow``: extra seconds before the first byte.
    ``miss``: the prompt cache fails to answer. ``match``: only for requests with this text in
    their body. ``times``: for how many requests.
    """

    status: int = 0
    message: str = ""
    error_code: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: str = ""
    error: str = ""
    stop: str = ""
    text: str | None = None
    slow: float = 0.0
    miss: bool = False
    match: str = ""
    times: int = 1

    def __post_init__(self) -> None:
        if self.stop and self.stop not in STOPS:
            raise ValueError(f"unknown stop reason {self.stop!r}; known: {sorted(STOPS)}")
        if self.drop and self.drop not in DROPS:
            raise ValueError(f"unknown drop {self.drop!r}; known: {sorted(DROPS)}")

    def refusal(self) -> Refused:
        """The error reply of a fault that has a status."""
        again = "true" if self.status in {408, 409, 429} or self.status >= 500 else "false"
        return Refused(
            self.status,
            self.message or f"Scripted fault: {self.status}",
            error_code=self.error_code,
            headers={"x-should-retry": again} | dict(self.headers),
        )


NONE = Fault()
RATE_LIMITED = Fault(
    status=429,
    message="This request would exceed the rate limit of your organization.",
    headers={"retry-after": "1"},
)
SPEND_LIMITED = Fault(
    status=429,
    message="Your organization has reached its monthly spend limit.",
    error_code="enforced_spend_limit_reached",
    headers={"x-should-retry": "false"},
)
USAGE_LIMITED = Fault(
    status=400,
    message="You have reached your specified workspace API usage limits. "
    "You will regain access on 2026-12-01 at 00:00 UTC.",
)
OVERLOADED = Fault(status=529, message="Overloaded")
NAMED = {
    "rate_limited": RATE_LIMITED,
    "spend_limited": SPEND_LIMITED,
    "usage_limited": USAGE_LIMITED,
    "overloaded": OVERLOADED,
    "server_error": Fault(status=500, message="Internal server error"),
    "unauthorized": Fault(status=401, message="invalid bearer token"),
    "unpaid": Fault(status=402, message="Your credit balance is too low."),
    "forbidden": Fault(status=403, message="Your API key may not use this resource."),
    "dropped": Fault(drop="before"),
    "lost": Fault(drop="after"),
    "cut": Fault(drop="mid"),
    "mid_stream": Fault(error="overloaded_error"),
    "refusal": Fault(stop="refusal"),
    "truncated": Fault(stop="max_tokens"),
    "miss": Fault(miss=True),
}
STORM = ("rate_limited", "overloaded", "dropped", "lost", "cut", "mid_stream")


def make_fault(row: str | Mapping[str, Any]) -> Fault:
    """A fault from its name, or from JSON fields with an optional ``name`` to begin from."""
    if isinstance(row, str):
        return NAMED[row]
    fields = dict(row)
    return replace(NAMED[fields.pop("name")] if "name" in fields else NONE, **fields)


class Faults:
    """The queue that a test scripts; after it, the mix; otherwise nothing is wrong."""

    def __init__(self) -> None:
        self._queue: list[Fault] = []
        self._share = 0.0
        self._random = random.Random(0)  # noqa: S311 - reproducible, not secret
        self._kinds: list[Fault] = []
        self._most = 0
        self._met: Counter[str] = Counter()

    def script(self, rows: Iterable[str | Mapping[str, Any] | Fault]) -> None:
        """Add to the queue; each is used for the next request that it matches."""
        self._queue += [row if isinstance(row, Fault) else make_fault(row) for row in rows]

    def mix(
        self,
        share: float,
        *,
        seed: int = 0,
        kinds: Sequence[str | Mapping[str, Any]] = STORM,
        most: int = 0,
    ) -> None:
        """From now on this share of requests (0..1) fails, in a way drawn from ``kinds``.

        With ``most`` nobody's requests (by ``metadata.user_id``) fail more often than that.
        """
        self._share, self._most = share, most
        self._random = random.Random(seed)  # noqa: S311 - reproducible, not secret
        self._kinds = [make_fault(kind) for kind in kinds]

    def waiting(self) -> int:
        """Scripted faults that no request has met yet."""
        return sum(fault.times for fault in self._queue)

    def next(self, body: str) -> Fault:
        """What goes wrong with this request."""
        for number, fault in enumerate(self._queue):
            if fault.match in body:
                if fault.times > 1:
                    self._queue[number] = replace(fault, times=fault.times - 1)
                else:
                    del self._queue[number]
                return fault
        if self._share and self._random.random() < self._share and self._may_fail(body):
            return self._random.choice(self._kinds)
        return NONE

    def _may_fail(self, body: str) -> bool:
        if not self._most:
            return True
        whose = json.loads(body).get("metadata", {}).get("user_id", "")
        self._met[whose] += 1
        return self._met[whose] <= self._most
