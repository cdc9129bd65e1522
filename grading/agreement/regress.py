"""Kept figures against new ones: the table that a page of the documentation holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

BEGIN: Final = "<!-- agreement: begin -->"
END: Final = "<!-- agreement: end -->"
COLUMNS: Final = ("n", "r", "low", "high", "rmse", "qwk", "macro_f1", "ece", "abstained")
HEAD: Final = ("set", "answers", "r", "from", "to", "RMSE", "QWK", "macro-F1", "ECE", "abstained")

Figures = dict[str, float | None]
Table = dict[str, Figures]


@dataclass(frozen=True, slots=True)
class Change:
    """`beyond` is whether the new r lies outside the interval of the old one."""

    name: str
    old: Figures | None
    new: Figures
    beyond: bool


def to_table(by_dataset: Mapping[str, Mapping[str, Any]]) -> Table:
    """The kept columns of the measured figures."""
    return {
        name: {
            column: row["r_interval"][("low", "high").index(column)]
            if column in {"low", "high"}
            else row[column]
            for column in COLUMNS
        }
        for name, row in by_dataset.items()
    }


def write_table(page: str, table: Table) -> str:
    """The page with its table replaced. Raises ValueError for a page without the two marks."""
    before, after = _around(page)
    lines = [f"| {' | '.join(HEAD)} |", "|---" + "|---:" * len(COLUMNS) + "|"]
    for name, row in table.items():
        cells = (_shown(row[column]) for column in COLUMNS)
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}"


def read_table(page: str) -> Table:
    """What `write_table` wrote. Raises ValueError for a page without the two marks."""
    before, after = _around(page)
    inside = page[len(before) + len(BEGIN) : len(page) - len(after) - len(END)]
    table: Table = {}
    for line in inside.strip().splitlines()[2:]:
        name, *cells = (cell.strip() for cell in line.strip("| ").split("|"))
        values = (float(cell) if cell != "-" else None for cell in cells)
        table[name] = dict(zip(COLUMNS, values, strict=True))
    return table


def compare(old: Table, new: Table) -> list[Change]:
    """One change a newly measured set, in its order."""
    return [
        Change(name, old.get(name), row, _is_beyond(old.get(name), row))
        for name, row in new.items()
    ]


def _is_beyond(old: Figures | None, new: Figures) -> bool:
    low, high = (old["low"], old["high"]) if old else (None, None)
    if low is None or high is None or new["r"] is None:
        return False
    return not low <= new["r"] <= high


def side_by_side(changes: list[Change]) -> str:
    """Old, new and difference of each figure, a line a set; a star marks what went beyond."""
    columns = [column for column in COLUMNS if column not in {"low", "high"}]
    lines = [f"{'':28}" + "".join(f"{column:>22}" for column in columns)]
    for change in changes:
        cells = []
        for column in columns:
            before = change.old[column] if change.old else None
            now = change.new[column]
            cells.append(f"{_shown(before):>13} > {_shown(now):>6}")
        lines.append(f"{'* ' if change.beyond else ''}{change.name:28}"[:28] + "".join(cells))
    return "\n".join(lines)


def _around(page: str) -> tuple[str, str]:
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"The page holds no table between {BEGIN} and {END}.")
    return before, after


def _shown(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) and value != int(value) else f"{value:.0f}"
