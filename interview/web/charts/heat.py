"""People by topic: every cell has its number, the tint only helps the eye."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from interview.web.charts.interval import Interval

STEPS = (40, 49, 58, 67, 76, 85)  # the lowest estimate of h1 … h6


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One person: an Interval a column, or None where too little is known."""

    label: str
    cells: Sequence[Interval | None]
    overall: Interval | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class HeatCell:
    interval: Interval | None

    @property
    def css(self) -> str:
        return heat_class(self.interval.estimate if self.interval else None)


@dataclass(frozen=True, slots=True)
class HeatLine:
    label: str
    url: str
    cells: tuple[HeatCell, ...]
    overall: Interval | None


@dataclass(frozen=True, slots=True)
class HeatMap:
    columns: tuple[str, ...]
    rows: tuple[HeatLine, ...]
    mean: HeatLine | None = None


def heat_map(
    columns: Iterable[str], rows: Iterable[HeatRow], *, mean: HeatRow | None = None
) -> HeatMap:
    """Tint every cell; ``mean`` is the line over all the others.

    Raises ValueError when a row has more or fewer cells than columns.
    """
    names = tuple(columns)
    lines = tuple(_line(row, len(names)) for row in rows)
    return HeatMap(names, lines, _line(mean, len(names)) if mean else None)


def _line(row: HeatRow, columns: int) -> HeatLine:
    if len(row.cells) != columns:
        raise ValueError(f"{row.label} has {len(row.cells)} cells for {columns} columns.")
    return HeatLine(row.label, row.url, tuple(map(HeatCell, row.cells)), row.overall)


def heat_class(estimate: float | None) -> str:
    """The tint of a cell, "h0" (under 40) to "h6" (85 and up); "few" when nothing is known."""
    if estimate is None:
        return "few"
    return f"h{sum(round(estimate) >= step for step in STEPS)}"
