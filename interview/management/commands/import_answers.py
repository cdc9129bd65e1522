import json
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from grading.operations.following import Bar, follow, look_until
from interview.formats import FormatError
from interview.formats.past_answers import read_past_answers
from interview.formats.source import read_source
from interview.management.commands.regrade import find_set
from interview.models import QuestionSet
from interview.operations.past_answers import (
    ImportAnswersError,
    Placement,
    import_answers,
    place_answers,
)
from interview.queries.past_answers import ImportProgress, import_progress


class Command(BaseCommand):
    help = "Bring answers that were given elsewhere into a team's set, and have them graded."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("set", help="the slug of the set")
        parser.add_argument("file", type=Path, help="CSV: question, answer, candidate, score")
        parser.add_argument("--team", required=True, help="the slug of the set's team")
        parser.add_argument("--dry-run", action="store_true", help="report, and change nothing")
        parser.add_argument("--wait", action="store_true", help="stay until all are graded")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        question_set = find_set(options["set"], options["team"])
        path: Path = options["file"]
        try:
            document = read_past_answers(read_source(path), name=path.name)
            placement = (
                place_answers(question_set, document)
                if options["dry_run"]
                else import_answers(question_set=question_set, document=document)
            )
        except (FormatError, ImportAnswersError) as error:
            raise CommandError(f"{error} Nothing was changed.") from error
        progress = import_progress(question_set)
        if options["wait"] and not options["dry_run"]:
            progress = self._followed(question_set, progress)
        say = as_json if options["json"] else as_text
        self.stdout.write(say(placement, progress, dry_run=options["dry_run"]))

    def _followed(self, question_set: QuestionSet, progress: ImportProgress) -> ImportProgress:
        """Where it stands when all are graded, or when it was interrupted."""
        bar = Bar(self.stderr)

        def is_done() -> bool:
            nonlocal progress
            progress = import_progress(question_set)
            bar.draw(progress.done, progress.total, "In the queue", ended=progress.is_done)
            return progress.is_done

        with suppress(KeyboardInterrupt):  # the workers go on
            if progress.run and not progress.run.is_done:
                follow(run=progress.run, show=bar.draw_run)
            look_until(is_done)
        return progress


def as_json(placement: Placement, progress: ImportProgress, *, dry_run: bool) -> str:
    report = {
        "placed": len(placement.placed),
        "scored": placement.scored,
        "known": placement.known,
        "unplaced": [{"line": left.line, "why": left.text} for left in placement.unplaced],
        "dry_run": dry_run,
        "total": progress.total,
        "graded": progress.graded,
        "ungraded": progress.ungraded,
    }
    return json.dumps(report, ensure_ascii=False)


def as_text(placement: Placement, progress: ImportProgress, *, dry_run: bool) -> str:
    lines = [
        f"{len(placement.placed)} answers to {len(placement.by_question)} questions, "
        f"{placement.scored} with people's scores; {placement.known} were there already."
    ]
    if placement.unplaced:
        lines.append("Found no place for:")
        lines += [f"  line {left.line}: {left.text}" for left in placement.unplaced]
    if dry_run:
        lines.append("A dry run: nothing was changed.")
    else:
        lines.append(
            f"{progress.graded} of {progress.total} imported answers are graded, "
            f"{progress.ungraded} could not be."
        )
        if not progress.is_done:
            lines.append("The rest goes on by itself.")
    return "\n".join(lines)
