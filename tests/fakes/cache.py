"""The prompt cache: what a request reads, what it writes, and from when others may read that."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fakes.layout import LIVES, Block, cumulative_hashes

LOOKBACK = 20  # blocks, counted from each breakpoint and including it


@dataclass(slots=True)
class Entry:
    """One stored prefix."""

    ttl: int
    expires: float


@dataclass(slots=True)
class Reading:
    """How a request's input is billed, and what it will leave in the cache once it begins."""

    input: int
    read: int = 0
    write_5m: int = 0
    write_1h: int = 0
    prefix: str = ""  # hash up to the last breakpoint that counts, "" when there is none
    entries: dict[str, Entry] = field(default_factory=dict)


class PrefixCache:
    """Entries by cumulative hash; the hash already holds workspace, model and settings."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._entries: dict[str, Entry] = {}

    def look_up(
        self, seed: str, blocks: list[Block], *, minimum: int, miss: bool = False
    ) -> Reading:
        """Bill the input of a request that starts now.

        With A the highest hit, B the last 1h breakpoint and C the last breakpoint, A is read,
        B - A written for an hour, the rest up to C for five minutes. ``miss`` makes the cache
        fail this once, as the real one sometimes does.
        """
        start = self._now()
        hashes = cumulative_hashes(seed, blocks)
        totals = [0]
        for block in blocks:
            totals.append(totals[-1] + block.tokens)
        marks = [
            number
            for number, block in enumerate(blocks)
            if block.ttl is not None and totals[number + 1] >= minimum
        ]
        if not marks:
            return Reading(input=totals[-1])
        hit = None if miss else self._highest_hit(hashes, marks, start)
        last_hour = max((mark for mark in marks if blocks[mark].ttl == LIVES["1h"]), default=None)
        a = 0 if hit is None else totals[hit + 1]
        b = a if last_hour is None else max(a, totals[last_hour + 1])
        c = max(b, totals[marks[-1] + 1])
        reading = Reading(totals[-1] - c, a, c - b, b - a, hashes[marks[-1]])
        for mark in marks:
            if hit is not None and mark <= hit:
                self._refresh(hashes[mark], start)
            else:
                ttl = blocks[mark].ttl or 0
                reading.entries[hashes[mark]] = Entry(ttl, start + ttl)
        if hit is not None:
            self._refresh(hashes[hit], start)
        return reading

    def begin(self, reading: Reading) -> None:
        """The writer's response has begun: from here on others may read what it wrote."""
        self._entries |= reading.entries

    def _highest_hit(self, hashes: list[str], marks: list[int], start: float) -> int | None:
        within_reach = {
            number for mark in marks for number in range(max(0, mark - LOOKBACK + 1), mark + 1)
        }
        return max((number for number in within_reach if self._lives(hashes[number], start)),
                   default=None)  # fmt: skip

    def _lives(self, key: str, start: float) -> bool:
        entry = self._entries.get(key)
        return entry is not None and entry.expires > start

    def _refresh(self, key: str, start: float) -> None:
        if self._lives(key, start):
            entry = self._entries[key]
            entry.expires = max(entry.expires, start + entry.ttl)
