"""An estimate with its doubt."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and the interval it stands in, fit for drawing."""

    estimate: int
    low: int
    high: int

    @classmethod
    def around(
        cls, estimate: float, low: float | None = None, high: float | None = None
    ) -> "Interval":
        """Round, keep within 0..100; a missing bound is the estimate itself."""
        return cls(
            whole_percent(estimate),
            whole_percent(estimate if low is None else low),
            whole_percent(estimate if high is None else high),
        )

    @property
    def width(self) -> int:
        return self.high - self.low

    @property
    def doubt(self) -> int:
        """Half the interval's width; 0 when none is known."""
        return math.ceil(self.width / 2)

    @property
    def sentence(self) -> str:
        if not self.width:
            return f"{self.estimate} of 100"
        return f"{self.estimate} of 100, likely between {self.low} and {self.high}"


def whole_percent(value: float) -> int:
    """Round and keep within 0..100."""
    return round(min(max(float(value), 0.0), 100.0))
