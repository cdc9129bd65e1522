"""The report of a measurement as one HTML file that loads nothing from anywhere."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

import numpy as np

from grading.agreement import metrics, plots
from grading.agreement.datasets import Row
from grading.agreement.estimates import Estimate
from grading.agreement.measures import DOUBTFUL

NAMES: Final = {
    "n": "Answers",
    "questions": "Questions",
    "ungraded": "Could not be graded",
    "abstained": f"Left to a person (not graded, or confidence below {DOUBTFUL:g})",
    "r": "Pearson's r",
    "r_interval": "95% interval of r, questions redrawn",
    "r_within": "r within questions",
    "spearman": "Spearman's rho",
    "rmse": "RMSE",
    "mae": "MAE",
    "qwk": f"QWK on {metrics.LEVELS} levels",
    "macro_f1": f"Two-way macro-F1, correct from {metrics.CORRECT_FROM:g}",
    "ece": f"ECE, right within {metrics.TOLERANCE:g}",
    "flagged": "Flagged as speaking to the grader",
    "batched": "Batched, at half price, their latency unknown",
    "seconds": "Seconds in all, of those not batched",
    "micro_dollars": "Millionths of a dollar",
}
PARTS: Final = {
    "middle": "People's scores from .25 to .75",
    "sure": "Without those left to a person",
    "doubtful": "Left to a person for low confidence",
}
COLUMNS: Final = ("graded", "r", "spearman", "rmse", "mae", "qwk", "macro_f1")
STYLE: Final = """
:root{color-scheme:light dark;--ink:#1c1c1a;--paper:#fbfaf7;--quiet:#6b6a64;
--line:#d8d6cd;--accent:#2f5d50}
@media(prefers-color-scheme:dark){:root{--ink:#e8e6df;--paper:#191918;--quiet:#a3a199;
--line:#3a3a37;--accent:#8fc7b5}}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:64rem;
margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem;font-weight:600}h2{font-size:1.1rem;margin-top:2.5rem}
p,figcaption{color:var(--quiet)}table{border-collapse:collapse;margin-top:1rem}
th,td{padding:.3rem 1rem .3rem 0;border-bottom:1px solid var(--line);
text-align:right;font-variant-numeric:tabular-nums}
th:first-child{text-align:left;font-weight:400;min-width:11rem}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:1.5rem}
figure{margin:0}figcaption{font-size:.85rem;min-height:3em}.wide{overflow-x:auto}
.frame{fill:none;stroke:var(--line)}.even{stroke:var(--quiet);stroke-dasharray:3 3}
.dot{fill:var(--accent);fill-opacity:.4}.field{fill:var(--accent)}
svg text{fill:var(--ink);font-size:11px;text-anchor:middle}svg text.left{text-anchor:end}
svg text.tick,svg text.axis{fill:var(--quiet)}
"""

Part = tuple[str, Sequence[Row], Sequence[Estimate], Mapping[str, Any]]


def report(judge: str, parts: Sequence[Part]) -> str:
    """`parts` are (name of the set, its rows, their estimates, their figures)."""
    sections = "".join(_section(*part) for part in parts)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Agreement with people</title><style>{STYLE}</style></head><body>"
        f"<h1>Agreement with people</h1><p>Graded by {escape(judge)}. Scores are raw: nothing was"
        f" fitted to these answers.</p>{sections}</body></html>\n"
    )


def _section(
    name: str, rows: Sequence[Row], estimates: Sequence[Estimate], figures: Mapping[str, Any]
) -> str:
    graded = [(row, one) for row, one in zip(rows, estimates, strict=True) if one.score is not None]
    true = np.array([row.score for row, _ in graded], dtype=np.float64)
    said = np.array([one.score for _, one in graded], dtype=np.float64)
    sure = np.array([one.confidence for _, one in graded], dtype=np.float64)
    drawn = (
        plots.scatter(true, said)
        + plots.confusion(true, said)
        + plots.calibration(sure, metrics.is_right(said, true).tolist())
        if graded
        else ""
    )
    main = "".join(
        f"<tr><th>{escape(label)}</th><td>{_shown(figures[key])}</td></tr>"
        for key, label in NAMES.items()
    )
    tables = {PARTS[key]: figures[key] for key in PARTS}
    tables |= {f"Split {split}": part for split, part in figures["by_split"].items()}
    if figures["human"]:
        tables["One person against another"] = figures["human"]
        tables["One person against another, .25 to .75"] = figures["human"]["middle"]
    head = "".join(f"<th>{column}</th>" for column in COLUMNS)
    apart = "".join(
        f"<tr><th>{escape(label)}</th>"
        + "".join(f"<td>{_shown(part[column])}</td>" for column in COLUMNS)
        + "</tr>"
        for label, part in tables.items()
    )
    return (
        f'<h2>{escape(name)}</h2><div class="plots">{drawn}</div><table>{main}</table>'
        f'<h2>{escape(name)} in parts</h2><div class="wide"><table><tr><th></th>{head}</tr>'
        f"{apart}</table></div>"
    )


def _shown(value: Any) -> str:
    if value is None:
        return "–"  # noqa: RUF001 - the dash of an empty cell
    if isinstance(value, list):
        return " to ".join(map(_shown, value))
    return f"{value:.3f}" if isinstance(value, float) else f"{value:,}"
