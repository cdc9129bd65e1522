import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from grading.operations.drafts import draft_criteria
from grading.operations.rubrics import CriterionText
from grading.operations.trial import JudgeError, Trial, try_rubric, try_texts
from interview.formats import FormatError, read_text
from interview.models import Question, QuestionSet
from interview.queries.library import published_version


class Command(BaseCommand):
    help = "Grade one answer without a browser and without storing anything."

    def add_arguments(self, parser: ArgumentParser) -> None:
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("--set", help="the slug of a published set of the library")
        source.add_argument("--question", type=Path, help="a file with one question in Markdown")
        parser.add_argument("--position", type=int, default=1, help="the question's number, from 1")
        parser.add_argument("--answer", required=True, help="a file, or - for standard input")
        parser.add_argument("--judge", default="", help="claude, local, or the one that is set")
        parser.add_argument("--json", action="store_true", help="print the verdict as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        answer = read_answer(options["answer"])
        try:
            if options["question"]:
                trial = try_file(options["question"], options["position"], answer, options["judge"])
            else:
                question = find_question(options["set"], options["position"])
                trial = try_rubric(rubric=question.rubric, answer=answer, judge=options["judge"])
        except (ValueError, JudgeError) as error:
            raise CommandError(str(error)) from error
        report = trial.as_json()
        self.stdout.write(
            json.dumps(report, ensure_ascii=False) if options["json"] else as_text(report, trial)
        )


def read_answer(source: str) -> str:
    try:
        return sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"The answer cannot be read: {error}") from error


def find_question(slug: str, position: int) -> Question:
    question_set = QuestionSet.objects.filter(slug=slug, team__isnull=True).first()
    version = published_version(question_set) if question_set else None
    if version is None:
        raise CommandError(f"The library has no published set {slug!r}.")
    question = version.questions.select_related("rubric").filter(position=position).first()
    if question is None:
        count = version.questions.count()
        raise CommandError(f"{slug} has questions 1 to {count}, not {position}.")
    return question


def try_file(path: Path, position: int, answer: str, judge: str) -> Trial:
    try:
        document = read_text(path.read_text(encoding="utf-8"), name=path.name)
    except (OSError, UnicodeDecodeError, FormatError) as error:
        raise CommandError(f"The question cannot be read: {error}") from error
    if not 1 <= position <= len(document.questions):
        raise CommandError(f"{path.name} has {len(document.questions)} questions.")
    found = document.questions[position - 1]
    asks = found.prompt or found.title
    criteria = [CriterionText(row.kind, row.weight, row.text) for row in found.criteria]
    return try_texts(
        question=asks,
        reference_answer=found.reference_answer,
        criteria=criteria or draft_criteria(question=asks, reference_answer=found.reference_answer),
        grader_notes=found.grader_notes,
        answer=answer,
        judge=judge,
    )


def as_text(report: dict[str, Any], trial: Trial) -> str:
    if report["state"] == "ungraded":
        return f"Could not grade: {report['reason']}. {report['detail']}"
    lines = [
        f"Score {report['score']:.2f}, confidence {report['confidence']:.2f}, "
        f"judged by {trial.judge} ({trial.model}) in {trial.milliseconds} ms",
    ]
    if report["reason"]:
        lines.append(f"Decided without a judge: {report['reason']}")
    for row in report["criteria"]:
        lines.append(f"  {row['verdict']:<12} {row['weight']:g} {row['kind']}: {row['text']}")
        lines += [f"{'':15}“{evidence['quote']}”" for evidence in row["evidence"]]
    return "\n".join([*lines, "", report["feedback"]]).rstrip()
