"""Everything that one fake API is and remembers, apart from HTTP."""

from dataclasses import dataclass, field

from tests.fakes.batches import Batches
from tests.fakes.cache import PrefixCache
from tests.fakes.clock import Clock
from tests.fakes.faults import Faults
from tests.fakes.gates import Gates
from tests.fakes.judge import ScriptedJudge
from tests.fakes.limits import RateLimits
from tests.fakes.log import Log


@dataclass(slots=True)
class Settings:
    """What can be set by hand or by a test.

    Times in seconds: ``latency`` from request to the last byte, ``first_token`` to the first
    (None: a quarter of the latency), ``batch_seconds`` until a batch has ended. Limits per
    minute and workspace, the standard tier's. ``batch_hits``: share of cache reads that work
    inside batches. ``lacks``: beginnings of paths that this server does not know.
    """

    latency: float = 0.0
    first_token: float | None = None
    rpm: int = 1000
    itpm: int = 2_000_000
    otpm: int = 400_000
    batch_seconds: float = 60.0
    batch_hits: float = 0.9
    refused_keys: list[str] = field(default_factory=list)
    lacks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if min(self.rpm, self.itpm, self.otpm) < 1:
            raise ValueError("rpm, itpm and otpm must be at least 1")

    @property
    def opening(self) -> float:
        """Seconds until the first byte."""
        return self.latency / 4 if self.first_token is None else self.first_token


class State:
    """One account's world; a reset is a new one."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.clock = Clock()
        self.cache = PrefixCache(self.clock.now)
        self.faults = Faults()
        self.gates = Gates()
        self.judge = ScriptedJudge()
        self.log = Log(self.clock.now)
        self.batches = Batches(self)
        self._limits: dict[str, RateLimits] = {}

    def limits(self, workspace: str) -> RateLimits:
        """The rate limits of one workspace."""
        if workspace not in self._limits:
            wanted = self.settings
            self._limits[workspace] = RateLimits(
                self.clock.now, rpm=wanted.rpm, itpm=wanted.itpm, otpm=wanted.otpm
            )
        return self._limits[workspace]

    def change(self, settings: Settings) -> None:
        """New settings, and rate limits that start full."""
        self.settings = settings
        self._limits.clear()
