"""Rate limits by token bucket, and the headers that report them."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.fakes.clock import stamp
from tests.fakes.errors import Refused

MINUTE = 60.0


@dataclass(slots=True)
class Bucket:
    """So many a minute, flowing back steadily."""

    limit: int
    level: float
    at: float

    def refill(self, now: float) -> None:
        """Let flow back what time has given."""
        self.level = min(self.limit, self.level + (now - self.at) * self.limit / MINUTE)
        self.at = now

    def wait(self, amount: float) -> float:
        """Seconds until so much may be taken; 0 when now."""
        return max(0.0, (amount - self.level) * MINUTE / self.limit)

    def full_at(self) -> float:
        """When nothing more will flow back."""
        return self.at + (self.limit - self.level) * MINUTE / self.limit


class RateLimits:
    """One workspace's buckets: requests, input tokens (cache writes too), output tokens.

    Tokens read from the cache are not counted, as the API has it.
    """

    def __init__(self, now: Callable[[], float], *, rpm: int, itpm: int, otpm: int) -> None:
        self._now = now
        self._buckets = {
            name: Bucket(limit, limit, now())
            for name, limit in (("requests", rpm), ("input-tokens", itpm), ("output-tokens", otpm))
        }

    def admit(self, input_tokens: int) -> None:
        """Take one request and its input. Raises Refused (429) with ``retry-after`` when full."""
        wanted = {"requests": 1, "input-tokens": input_tokens, "output-tokens": 1}
        for name, amount in wanted.items():
            bucket = self._buckets[name]
            bucket.refill(self._now())
            if wait := bucket.wait(min(amount, bucket.limit)):
                raise Refused(
                    429,
                    f"This request would exceed the rate limit of {bucket.limit} "
                    f"{name.replace('-', ' ')} per minute.",
                    headers={"retry-after": str(int(wait) + 1), "x-should-retry": "true"}
                    | self.headers(),
                )
        self._buckets["requests"].level -= 1
        self._buckets["input-tokens"].level -= input_tokens

    def spend(self, output_tokens: int) -> None:
        """Count what a reply had."""
        self._buckets["output-tokens"].level -= output_tokens

    def headers(self) -> dict[str, str]:
        """``anthropic-ratelimit-*`` as of now."""
        for bucket in self._buckets.values():
            bucket.refill(self._now())
        into, out = self._buckets["input-tokens"], self._buckets["output-tokens"]
        both = Bucket(into.limit + out.limit, into.level + out.level, into.at)
        found = {}
        for name, bucket in (self._buckets | {"tokens": both}).items():
            found[f"anthropic-ratelimit-{name}-limit"] = str(bucket.limit)
            found[f"anthropic-ratelimit-{name}-remaining"] = str(max(0, int(bucket.level)))
            found[f"anthropic-ratelimit-{name}-reset"] = stamp(bucket.full_at())
        return found
