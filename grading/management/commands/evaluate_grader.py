import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from grading.agreement.datasets import DatasetError, Row, read_csv, sample
from grading.agreement.estimates import Progress, estimate_rows
from grading.agreement.measures import Figures, mean_of, measure
from grading.agreement.page import report
from grading.operations.following import Bar
from grading.operations.measuring import Examiner, JudgeError, RegradeError, materials_of

MAIN = ("n", "r", "r_within", "spearman", "rmse", "mae", "qwk", "macro_f1", "ece", "abstained")
APART = ("middle", "sure", "doubtful")


class Command(BaseCommand):
    help = "Measure how far a judge is from people, on answers that people graded."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("data", type=Path, help="a CSV file, or a folder of them")
        parser.add_argument("--judge", default="", help="local, or the configured one by default")
        parser.add_argument("--sample", type=int, help="so many answers of each file, evenly drawn")
        parser.add_argument("--seed", type=int, default=0, help="draws another sample")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")
        parser.add_argument("--report", type=Path, help="write an HTML page with plots")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            sets = read_sets(options["data"], options["sample"], options["seed"])
            examiner = Examiner(judge=options["judge"], folder=settings.MEASUREMENTS)
            answers = (one for rows in sets.values() for row in rows for one in materials_of(row))
            examiner.judge_together(answers, Bar(self.stderr).draw_run)
            estimates = {
                name: estimate_rows(rows, examiner.estimate_row, Progress(sys.stderr, name))
                for name, rows in sets.items()
            }
        except (DatasetError, JudgeError, RegradeError, ValueError) as error:
            raise CommandError(str(error)) from error
        figures = {name: measure(rows, estimates[name]) for name, rows in sets.items()}
        judge = examiner.judge
        if options["report"]:
            parts = [(name, rows, estimates[name], figures[name]) for name, rows in sets.items()]
            page = report(f"{judge.name} ({judge.model}, {judge.prompt_version})", parts)
            options["report"].write_text(page, encoding="utf-8")
        told: Figures = {
            "judge": judge.name,
            "model": judge.model,
            "prompt_version": judge.prompt_version,
        }
        if options["data"].is_dir():
            told |= {"by_dataset": figures, "mean": mean_of(list(figures.values()))}
        else:
            told |= next(iter(figures.values()))
        self.stdout.write(json.dumps(told) if options["json"] else as_text(figures))


def read_sets(data: Path, size: int | None, seed: int) -> dict[str, list[Row]]:
    """The sampled rows by the name of their file. Raises DatasetError."""
    paths = sorted(data.glob("*.csv")) if data.is_dir() else [data]
    if not paths:
        raise DatasetError(f"{data} holds no CSV files.")
    sets = {path.stem: read_csv(path) for path in paths}
    if size is None:
        return sets
    if size < 1:
        raise DatasetError("A sample takes one answer or more.")
    return {name: sample(rows, size, seed=seed) for name, rows in sets.items()}


def as_text(figures: dict[str, Figures]) -> str:
    lines = [f"{'':28}" + "".join(f"{name:>10}" for name in MAIN)]
    for name, table in figures.items():
        lines.append(line(name, table))
        low, high = table["r_interval"]
        lines.append(f"  r from {cell(low).strip()} to {cell(high).strip()} in 95 of 100 draws")
        lines += [line(f"  {part}", table[part]) for part in APART]
        if table["human"]:
            lines.append(line("  two people", table["human"]))
        if table["batched"]:
            lines.append(f"  {table['batched']} batched at half price, latency unknown")
        if table["micro_dollars"]:
            lines.append(f"  ${table['micro_dollars'] / 1_000_000:.4f}")
    return "\n".join(lines)


def line(name: str, table: Figures) -> str:
    shown = (cell(table.get(key, table.get("graded") if key == "n" else None)) for key in MAIN)
    return f"{name:28}" + "".join(shown)


def cell(value: float | None) -> str:
    if value is None:
        return f"{'-':>10}"
    return f"{value:>10.3f}" if isinstance(value, float) else f"{value:>10}"
