"""Topics one under another, each with its interval."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from interview.web.charts.interval import Interval, whole_percent

ROW_HEIGHT = 46
AXIS_HEIGHT = 30


@dataclass(frozen=True, slots=True)
class MasteryRow:
    """One topic and how well it is known, 0..100; ``url`` makes its name a link."""

    label: str
    estimate: float
    low: float
    high: float
    answers: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    url: str
    answers: int
    interval: Interval
    text_y: int

    @property
    def axis_y(self) -> int:
        return self.text_y + 15

    @property
    def range_y(self) -> int:
        return self.text_y + 11

    @property
    def tick_top(self) -> int:
        return self.text_y + 8

    @property
    def tick_bottom(self) -> int:
        return self.text_y + 22


@dataclass(frozen=True, slots=True)
class MasteryChart:
    bars: tuple[Bar, ...]
    goal: int | None
    summary: str

    @property
    def height(self) -> int:
        return ROW_HEIGHT * len(self.bars) + AXIS_HEIGHT

    @property
    def axis_top(self) -> int:
        return self.height - 26

    @property
    def axis_bottom(self) -> int:
        return self.height - 20

    @property
    def label_y(self) -> int:
        return self.height - 4


def mastery_chart(rows: Iterable[MasteryRow], *, goal: float | None = None) -> MasteryChart:
    """Lay out topics one under another, in the order given."""
    bars = tuple(
        Bar(
            row.label,
            row.url,
            row.answers,
            Interval.around(row.estimate, row.low, row.high),
            14 + ROW_HEIGHT * place,
        )
        for place, row in enumerate(rows)
    )
    return MasteryChart(bars, None if goal is None else whole_percent(goal), _mastery_summary(bars))


def _mastery_summary(bars: Sequence[Bar]) -> str:
    if not bars:
        return "No topics yet."
    best = max(bars, key=lambda bar: bar.interval.estimate)
    worst = min(bars, key=lambda bar: bar.interval.estimate)
    if best is worst:
        return f"{best.label}: {best.interval.sentence}."
    return (
        f"{len(bars)} topics from 0 to 100. {best.label} leads: {best.interval.sentence}. "
        f"{worst.label} is last: {worst.interval.sentence}."
    )
