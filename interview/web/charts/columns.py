"""Amounts by day, in columns of up to three parts that stand on each other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

TOP: Final = 10
FLOOR: Final = 150
LABELS_Y: Final = 170
GAP: Final = 1  # pixel between the parts of a column
CLASSES: Final = ("col", "col-2", "col-3")


@dataclass(frozen=True, slots=True)
class Column:
    """One day: `parts` along the chart's names, `short` for the axis, empty to leave it out."""

    label: str
    parts: tuple[int, ...]
    short: str = ""

    @property
    def total(self) -> int:
        return sum(self.parts)


@dataclass(frozen=True, slots=True)
class Block:
    css: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class Line:
    y: int
    label: str

    @property
    def label_y(self) -> int:
        return self.y - 4


@dataclass(frozen=True, slots=True)
class Mark:
    text: str
    x: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Key:
    css: str
    name: str


@dataclass(frozen=True, slots=True)
class ColumnChart:
    columns: tuple[Column, ...]
    keys: tuple[Key, ...]
    blocks: tuple[Block, ...]
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...]
    floor: int = FLOOR
    marks_y: int = LABELS_Y
    height: int = LABELS_Y + 10


def column_chart(
    names: Sequence[str], columns: Sequence[Column], *, word: Callable[[int], str]
) -> ColumnChart:
    """Lay out amounts by day, oldest first. `word` writes an amount; `names` has at most three."""
    highest = max((column.total for column in columns), default=0)
    step = _step(highest)
    ceiling = max(-(-highest // step) * step, step)
    slot = 100 / max(len(columns), 1)
    blocks: list[Block] = []
    for place, column in enumerate(columns):
        x, width = f"{slot * (place + 0.18):.2f}%", f"{slot * 0.64:.2f}%"
        edges = [FLOOR - _pixels(sum(column.parts[:n]), ceiling) for n in range(len(names) + 1)]
        blocks += [
            Block(css, x, f"{above:.1f}", width, f"{max(below - above - GAP * (n > 0), 0.5):.1f}")
            for n, (css, (below, above)) in enumerate(zip(CLASSES, pairwise(edges), strict=False))
            if column.parts[n]
        ]
    return ColumnChart(
        columns=tuple(columns),
        keys=tuple(Key(css, name) for css, name in zip(CLASSES, names, strict=False)),
        blocks=tuple(blocks),
        lines=tuple(
            Line(FLOOR - round(_pixels(value, ceiling)), word(value))
            for value in range(step, ceiling + 1, step)
        ),
        marks=tuple(
            Mark(column.short, f"{slot * (place + 0.5):.2f}%", "" if place == 0 else "mid")
            for place, column in enumerate(columns)
            if column.short
        ),
    )


def _pixels(value: int, ceiling: int) -> float:
    return value * (FLOOR - TOP) / ceiling


def _step(highest: int) -> int:
    """Between grid lines: 1, 2 or 5 and noughts, so that there are two to four of them."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if highest <= 4 * factor * step:
                return factor * step
        step *= 10
