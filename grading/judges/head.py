"""From measures to expected credit and to confidence: few numbers, kept in `local_head.json`.

`benchmarks/train_local_head.py` finds them; the file says from which data.
"""

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("local_head.json")


@dataclass(frozen=True, slots=True)
class Head:
    """`steepness` and `middle` of the curve from coverage to credit, `floor` below which there
    is none, and `certainty`: confidence at equal steps of the score from 0 to 1."""

    steepness: float
    middle: float
    floor: float
    certainty: tuple[float, ...]

    def credit(self, coverage: float) -> float:
        """The share of the weight that people would give, from 0 to 1; full coverage earns 1."""
        lowest, highest = self.floor, self._curve(1.0)
        return min(max((self._curve(coverage) - lowest) / (highest - lowest), 0.0), 1.0)

    def confidence(self, score: float) -> float:
        """The probability that people's score is within a quarter of this one."""
        place = min(max(score, 0.0), 1.0) * (len(self.certainty) - 1)
        below = min(int(place), len(self.certainty) - 2)
        share = place - below
        return self.certainty[below] * (1 - share) + self.certainty[below + 1] * share

    def _curve(self, coverage: float) -> float:
        return 1 / (1 + math.exp(-self.steepness * (coverage - self.middle)))


@cache
def shipped_head() -> Head:
    kept = json.loads(FILE.read_text())
    return Head(
        float(kept["steepness"]),
        float(kept["middle"]),
        float(kept["floor"]),
        tuple(float(value) for value in kept["certainty"]),
    )
