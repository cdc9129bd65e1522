"""Three plots as inline SVG, drawn in the page's own colours."""

from collections.abc import Sequence
from html import escape
from random import Random
from typing import Final

import numpy as np

from grading.agreement import metrics
from grading.agreement.metrics import Scores

SIDE: Final = 260
MARGIN: Final = 40
DOTS: Final = 1500  # more would hide each other and swell the page
JITTER: Final = 5.0
GRID: Final = 6  # 0, .2, … 1: as many levels as a reader can take in


def scatter(true: Scores, said: Scores) -> str:
    """People's scores across, the grader's upwards, moved a little so that equal pairs show."""
    draw = Random(0)  # noqa: S311 - a repeatable draw, not a secret
    chosen = sorted(draw.sample(range(len(true)), min(DOTS, len(true))))
    dots = "".join(
        f'<circle cx="{_x(true[at]) + draw.uniform(-JITTER, JITTER):.1f}"'
        f' cy="{_y(said[at]) + draw.uniform(-JITTER, JITTER):.1f}" r="2.2" class="dot"/>'
        for at in chosen
    )
    shown = f"{len(chosen)} of {len(true)} answers"
    return _figure("Scores", f"Grader against people, {shown}.", "people", "grader", _line() + dots)


def confusion(true: Scores, said: Scores) -> str:
    """Counts on six levels; the darker a field, the larger its share of people's level."""
    rows, columns = metrics.to_levels(true, GRID), metrics.to_levels(said, GRID)
    counts = np.zeros((GRID, GRID), dtype=int)
    np.add.at(counts, (rows, columns), 1)
    size = SIDE / GRID
    fields = []
    for t in range(GRID):
        for s in range(GRID):
            share = counts[t, s] / max(int(counts[t].sum()), 1)
            x, y = MARGIN + t * size, SIDE - (s + 1) * size + 10
            fields.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{size:.1f}" height="{size:.1f}"'
                f' class="field" fill-opacity="{0.75 * share:.2f}"/>'
                f'<text x="{x + size / 2:.1f}" y="{y + size / 2 + 4:.1f}" class="count">'
                f"{counts[t, s]}</text>"
            )
    return _figure(
        "Confusion", "Answers by level of people and grader.", "people", "grader", "".join(fields)
    )


def calibration(confidence: Scores, right: Sequence[bool]) -> str:
    """Stated confidence across, share right upwards; the area of a dot is its count."""
    parts = metrics.reliability(confidence, np.array(right, dtype=bool))
    whole = max(sum(count for *_, count in parts), 1)
    dots = "".join(
        f'<circle cx="{_x(sure):.1f}" cy="{_y(share):.1f}" class="dot"'
        f' r="{3 + 14 * (count / whole) ** 0.5:.1f}">'
        f"<title>{sure:.2f} stated, {share:.2f} right, {count} answers</title></circle>"
        for sure, share, count in parts
    )
    note = f"Right is within {metrics.TOLERANCE} of the person's score."
    return _figure("Reliability", note, "stated confidence", "share right", _line() + dots)


def _x(value: float) -> float:
    return MARGIN + float(value) * SIDE


def _y(value: float) -> float:
    return 10 + (1 - float(value)) * SIDE


def _line() -> str:
    return f'<line x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" class="even"/>'


def _figure(title: str, note: str, across: str, upwards: str, inside: str) -> str:
    ticks = "".join(
        f'<text x="{_x(value):.1f}" y="{_y(0) + 16:.1f}" class="tick">{value:g}</text>'
        f'<text x="{_x(0) - 8:.1f}" y="{_y(value) + 4:.1f}" class="tick left">{value:g}</text>'
        for value in (0, 0.5, 1)
    )
    frame = f'<rect x="{_x(0)}" y="{_y(1)}" width="{SIDE}" height="{SIDE}" class="frame"/>'
    axes = (
        f'<text x="{_x(0.5)}" y="{_y(0) + 34}" class="axis">{escape(across)}</text>'
        f'<text x="12" y="{_y(0.5)}" class="axis" transform="rotate(-90 12 {_y(0.5)})">'
        f"{escape(upwards)}</text>"
    )
    return (
        f"<figure><figcaption><b>{escape(title)}</b> {escape(note)}</figcaption>"
        f'<svg viewBox="0 0 {SIDE + MARGIN + 20} {SIDE + 50}" role="img"'
        f' aria-label="{escape(f"{title}. {note}")}">{frame}{inside}{ticks}{axes}</svg></figure>'
    )
