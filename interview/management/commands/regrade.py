import json
from argparse import ArgumentParser
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from grading.models import BatchRun
from grading.operations.following import Bar, follow
from grading.queries.batches import Progress, progress
from interview.models import QuestionSet
from interview.operations.regrades import RegradeError, regrade_set
from interview.queries.regrades import set_run


class Command(BaseCommand):
    help = "Grade all answers to a set again through batches, at half price."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--set", required=True, help="the slug of the set")
        parser.add_argument("--team", default="", help="the slug of its team; none: the library")
        parser.add_argument("--wait", action="store_true", help="stay until all is done")
        parser.add_argument("--json", action="store_true", help="print how far it is as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        question_set = find_set(options["set"], options["team"])
        run = set_run(question_set)
        if run is None or run.is_done:  # one that was left alone is gone on with
            try:
                run = regrade_set(question_set=question_set)
            except RegradeError as error:
                raise CommandError(str(error)) from error
        if options["wait"]:
            with suppress(KeyboardInterrupt):  # the workers go on
                follow(run=run, show=Bar(self.stderr).draw_run)
        report = as_report(run, progress(run))
        self.stdout.write(json.dumps(report) if options["json"] else as_text(run, progress(run)))


def find_set(slug: str, team: str) -> QuestionSet:
    sets = QuestionSet.objects.filter(slug=slug)
    found = (sets.filter(team__slug=team) if team else sets.filter(team__isnull=True)).first()
    if found is None:
        raise CommandError(f"{team or 'The library'} has no set {slug!r}.")
    return found


def as_report(run: BatchRun, found: Progress) -> dict[str, Any]:
    return {
        "state": run.state,
        "detail": run.detail,
        "total": found.total,
        "done": found.done,
        "regraded": found.regraded,
        "changed": found.changed,
        "raised": found.raised,
        "lowered": found.lowered,
        "kept": found.kept,
        "reasons": dict(found.reasons),
        "micro_dollars": found.micro_dollars,
    }


def as_text(run: BatchRun, found: Progress) -> str:
    if not run.is_done:
        why = f" {run.detail}" if run.detail else ""
        return f"{found.done} of {found.total} answers are judged. It goes on by itself.{why}"
    lines = [
        f"{found.regraded} of {found.total} answers were graded again, for "
        f"${found.micro_dollars / 1_000_000:.4f}.",
        f"{found.changed} scores changed: {found.raised} up, {found.lowered} down, "
        f"{found.scored} where there was none.",
    ]
    lines += [f"{count} kept their grade: {reason}." for reason, count in found.reasons]
    return "\n".join(lines)
