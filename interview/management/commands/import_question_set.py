import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from interview.formats import FormatError, read_path
from interview.models import Team
from interview.operations.publishing import PublishError
from interview.operations.question_sets import ImportReport, import_document


class Command(BaseCommand):
    help = "Read questions from a Markdown file or folder into a question set."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="a Markdown file, or a folder with a set.md")
        parser.add_argument("--team", help="the team's slug; without it, the shared library")
        parser.add_argument("--publish", action="store_true", help="publish it when it is ready")
        parser.add_argument("--dry-run", action="store_true", help="report, and change nothing")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = import_document(
                document=read_path(options["path"]),
                team=find_team(options["team"]) if options["team"] else None,
                publish=options["publish"],
                dry_run=options["dry_run"],
            )
        except FormatError as error:
            raise CommandError(f"{error} Nothing was changed.") from error
        except PublishError as error:
            problems = "\n".join(f"  {problem}" for problem in error.problems)
            raise CommandError(f"Not ready to publish, nothing was changed:\n{problems}") from error
        say = as_json if options["json"] else as_text
        self.stdout.write(say(report, dry_run=options["dry_run"]))


def find_team(slug: str) -> Team:
    team = Team.objects.filter(slug=slug).first()
    if team is None:
        known = ", ".join(Team.objects.values_list("slug", flat=True)) or "none yet"
        raise CommandError(f"There is no team {slug!r}. Teams: {known}.")
    return team


def as_json(report: ImportReport, *, dry_run: bool) -> str:  # noqa: ARG001 - same shape either way
    return json.dumps(
        {
            "set": report.set_slug,
            "questions": {
                "created": report.created,
                "updated": report.updated,
                "unchanged": report.unchanged,
            },
            "topics": report.topics,
            "unplaced": [{"line": left.line, "text": left.text} for left in report.unplaced],
        },
        ensure_ascii=False,
    )


def as_text(report: ImportReport, *, dry_run: bool) -> str:
    lines = [
        f"{report.set_slug}: {report.created} created, {report.updated} updated, "
        f"{report.unchanged} unchanged; {report.topics} topics."
    ]
    if report.published:
        lines.append(f"Published as version {report.published.number}.")
    if report.unplaced:
        lines.append("Found no place for:")
        lines += [f"  line {left.line}: {left.text}" for left in report.unplaced]
    if dry_run:
        lines.append("A dry run: nothing was changed.")
    return "\n".join(lines)
