"""An estimate over time, inside the band of its interval."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from interview.web.charts.interval import Interval

PLOT_TOP, PLOT_HEIGHT = 12, 180
AXIS_HEIGHT = 30
GRID_STEP = 20
LABELS_AT_MOST = 4


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The estimate at one time, 0..100. ``label`` goes into the table, ``short`` under the axis."""

    label: str
    estimate: float
    low: float
    high: float
    short: str = ""


@dataclass(frozen=True, slots=True)
class GridLine:
    value: int
    y: int

    @property
    def label_y(self) -> int:
        return self.y - 5


@dataclass(frozen=True, slots=True)
class AxisLabel:
    text: str
    x: str
    anchor: str


@dataclass(frozen=True, slots=True)
class TrendRow:
    label: str
    interval: Interval


@dataclass(frozen=True, slots=True)
class TrendChart:
    rows: tuple[TrendRow, ...]
    line: str
    area: str
    grid: tuple[GridLine, ...]
    labels: tuple[AxisLabel, ...]
    last_y: int
    low_y: int
    high_y: int
    summary: str
    height: int = PLOT_TOP + PLOT_HEIGHT + AXIS_HEIGHT
    plot_top: int = PLOT_TOP
    plot_height: int = PLOT_HEIGHT
    labels_y: int = PLOT_TOP + PLOT_HEIGHT + 24

    @property
    def last(self) -> Interval:
        return self.rows[-1].interval

    @property
    def last_label_y(self) -> int:
        return max(self.last_y - 14, 11)


def trend_chart(points: Iterable[TrendPoint]) -> TrendChart:
    """Lay out estimates over time, oldest first and evenly spaced."""
    known = list(points)
    rows = tuple(
        TrendRow(point.label, Interval.around(point.estimate, point.low, point.high))
        for point in known
    )
    if not rows:
        return TrendChart((), "", "", (), (), 0, 0, 0, "No answers yet.")
    floor, ceiling = _scale([row.interval for row in rows])
    places = [_place(index, len(rows)) for index in range(len(rows))]

    def height_of(value: int) -> float:
        return (ceiling - value) / (ceiling - floor)

    def y_of(value: int) -> int:
        return PLOT_TOP + round(height_of(value) * PLOT_HEIGHT)

    def outline(values: Iterable[tuple[float, int]]) -> str:
        return " ".join(f"{x:.1f},{height_of(value) * 100:.1f}" for x, value in values)

    above = [(x, row.interval.high) for x, row in zip(places, rows, strict=True)]
    below = [(x, row.interval.low) for x, row in zip(places, rows, strict=True)]
    return TrendChart(
        rows=rows,
        line=outline((x, row.interval.estimate) for x, row in zip(places, rows, strict=True)),
        area=outline([*above, *reversed(below)]),
        grid=tuple(GridLine(value, y_of(value)) for value in range(floor, ceiling + 1, GRID_STEP)),
        labels=_axis_labels(known),
        last_y=y_of(rows[-1].interval.estimate),
        low_y=y_of(rows[-1].interval.low),
        high_y=y_of(rows[-1].interval.high),
        summary=_trend_summary(rows),
    )


def _scale(intervals: Sequence[Interval]) -> tuple[int, int]:
    """The nearest grid lines around all intervals, at least two steps apart."""
    floor = min(interval.low for interval in intervals) // GRID_STEP * GRID_STEP
    ceiling = math.ceil(max(interval.high for interval in intervals) / GRID_STEP) * GRID_STEP
    if ceiling - floor < 2 * GRID_STEP:
        floor = max(0, min(floor, 100 - 2 * GRID_STEP))
        ceiling = floor + 2 * GRID_STEP
    return floor, ceiling


def _place(index: int, count: int) -> float:
    return 100.0 if count == 1 else index / (count - 1) * 100


def _axis_labels(points: Sequence[TrendPoint]) -> tuple[AxisLabel, ...]:
    """Names for the first, the last and at most two times between them, evenly chosen."""
    last = len(points) - 1
    shown = min(LABELS_AT_MOST, len(points))
    chosen = sorted({round(step * last / max(shown - 1, 1)) for step in range(shown)} | {last})
    return tuple(
        AxisLabel(
            points[index].short or points[index].label,
            f"{_place(index, len(points)):.1f}%",
            "end" if index == last else "" if index == 0 else "mid",
        )
        for index in chosen
    )


def _trend_summary(rows: Sequence[TrendRow]) -> str:
    first, last = rows[0], rows[-1]
    if len(rows) == 1:
        return f"{last.label}: {last.interval.sentence}."
    return f"{first.label}: {first.interval.sentence}. {last.label}: {last.interval.sentence}."
