import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError

from grading.agreement.attacks import (
    SHIPPED,
    AttackError,
    Place,
    make_targets,
    read_questions,
    read_templates,
)
from grading.agreement.estimates import Progress
from grading.agreement.inflation import attack, shots_at
from grading.operations.following import Bar
from grading.operations.measuring import Examiner, JudgeError, RegradeError, with_criteria
from grading.queries.rubrics import attackable_materials

NO_TABLES = "The database is empty: manage.py migrate, then manage.py load_builtin_sets."
COLUMNS = ("mean", "inflation", "worst", "flagged", "n")


class Command(BaseCommand):
    help = "Attack a judge with answers made to fool it, and see whether honest ones suffer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--judge", default="", help="local, or the configured one by default")
        parser.add_argument("--attacks", type=Path, default=SHIPPED, help="templates, JSON a line")
        parser.add_argument(
            "--questions",
            type=Path,
            help="JSON: question, reference_answer, criteria; by default all that people wrote",
        )
        parser.add_argument(
            "--place",
            type=Place,
            choices=list(Place),
            default=Place.ANSWER,
            help="where attacks are written; only injections make sense outside the answer",
        )
        parser.add_argument("--sample", type=int, help="so many questions")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        place = options["place"]
        try:
            templates = read_templates(options["attacks"])
            materials = (
                [with_criteria(one) for one in read_questions(options["questions"])]
                if options["questions"]
                else attackable_materials()
            )
            if not materials:
                raise AttackError("No questions are stored: manage.py load_builtin_sets first.")
            targets = make_targets(materials[: options["sample"]])
            examiner = Examiner(judge=options["judge"], folder=settings.MEASUREMENTS)
            examiner.judge_together(shots_at(targets, templates, place), Bar(self.stderr).draw_run)
            tell = Progress(sys.stderr, "questions")
            figures = attack(targets, templates, examiner.estimate, tell, place)
        except ProgrammingError as error:
            raise CommandError(NO_TABLES) from error
        except (AttackError, JudgeError, RegradeError, ValueError) as error:
            raise CommandError(str(error)) from error
        judge = examiner.judge
        told = {"judge": judge.name, "model": judge.model, "prompt_version": judge.prompt_version}
        told["place"] = place.value
        self.stdout.write(json.dumps(told | figures) if options["json"] else as_text(figures))


def as_text(figures: dict[str, Any]) -> str:
    lines = [f"{'answers':32}{'mean':>10}{'n':>10}"]
    lines += [f"  {k:30}{v['mean']:>10.3f}{v['n']:>10}" for k, v in figures["answers"].items()]
    for part in ("families", "templates"):
        lines.append(f"{part:32}" + "".join(f"{name:>10}" for name in COLUMNS))
        lines += [
            f"  {name:30}" + "".join(cell(row[column]) for column in COLUMNS)
            for name, row in sorted(figures[part].items())
        ]
    lines.append(f"{'honest answers in another dress':32}{'drift':>10}")
    lines += [
        f"  {name:30}{cell(row['drift'])}" for name, row in figures["benign"]["families"].items()
    ]
    return "\n".join([*lines, f"  {'all':30}{cell(figures['benign']['drift'])}"])


def cell(value: float | None) -> str:
    if value is None:
        return f"{'-':>10}"
    return f"{value:>10.3f}" if isinstance(value, float) else f"{value:>10}"
