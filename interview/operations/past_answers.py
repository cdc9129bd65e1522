"""Answers that were given elsewhere, brought into a set as if they had been submitted to it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from grading.models import Submission
from grading.operations.batches import RegradeError, grade_many, stop_run
from grading.operations.embeddings import hash_text
from grading.operations.grades import request_grades
from grading.operations.human_scores import keep_scores
from grading.queries.batches import latest_run
from interview.formats.document import Unplaced
from interview.formats.past_answers import PastAnswer, PastAnswers
from interview.models import Answer, InterviewSession, Question, QuestionSet, QuestionSetVersion
from interview.operations.answers import MAX_CHARACTERS
from interview.queries.editor import working_version
from interview.queries.past_answers import import_label, imported_answers
from interview.queries.payers import payer_labels

MOST_A_SITTING = 1_000
IMPORTED = InterviewSession.Mode.IMPORTED


class ImportAnswersError(Exception):
    """An import that cannot begin; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A row and the question that it answers."""

    row: PastAnswer
    question: Question


@dataclass(frozen=True, slots=True)
class Placement:
    """What an import would do. `known` rows are in the set already; `unplaced` say why, by line."""

    version: QuestionSetVersion | None
    placed: Sequence[Placed]
    known: int
    unplaced: Sequence[Unplaced]

    @property
    def scored(self) -> int:
        return sum(bool(one.row.scores) for one in self.placed)

    @property
    def labels(self) -> int:
        return len({one.row.candidate for one in self.placed if one.row.candidate})

    @property
    def by_question(self) -> list[tuple[Question, int]]:
        """In the questions' order, those with an answer."""
        counts = Counter(one.question for one in self.placed)
        return sorted(counts.items(), key=lambda pair: pair[0].position)


def place_answers(question_set: QuestionSet, document: PastAnswers) -> Placement:
    """Rows by the keys of the version that is worked on; nothing is kept. Three queries.

    The same words under the same label, question and rubric are brought in once.
    """
    version = working_version(question_set)
    asked = version.questions.select_related("rubric") if version else ()
    questions = {question.key: question for question in asked}
    there = Counter(
        imported_answers(question_set).values_list(
            "submission__rubric", "submission__content_hash", "session__label"
        )
    )
    placed, known, unplaced = list[Placed](), 0, list(document.unplaced)
    for row in document.rows:
        question = questions.get(row.question)
        if question is None:
            why = f"The set has no question with the key “{row.question[:80]}”."
            unplaced.append(Unplaced(row.line, why))
        elif len(row.answer) > MAX_CHARACTERS:
            why = f"The answer has more than {MAX_CHARACTERS:,} characters."
            unplaced.append(Unplaced(row.line, why))
        elif there[(question.rubric_id, hash_text(row.answer), row.candidate)] > 0:
            there[(question.rubric_id, hash_text(row.answer), row.candidate)] -= 1
            known += 1
        else:
            placed.append(Placed(row, question))
    return Placement(version, placed, known, sorted(unplaced, key=lambda left: left.line))


def import_answers(*, question_set: QuestionSet, document: PastAnswers) -> Placement:
    """Keep what can be placed, people's scores beside it, and let it be graded: by batches where
    Claude judges, otherwise by the queue, after those who wait.

    All of it or nothing. Raises ImportAnswersError while an import before is still being graded.
    """
    with transaction.atomic():
        QuestionSet.objects.select_for_update().get(pk=question_set.pk)
        placement = place_answers(question_set, document)
        if placement.version is None or not placement.placed:
            return placement
        grades = request_grades(
            answers=[(one.question.rubric, one.row.answer) for one in placement.placed],
            accounts=payer_labels(question_set.team, question_set),
            policy=question_set.grading,
        )
        submissions = [grade.submission for grade in grades]
        _keep_answers(question_set, placement, submissions)
        keep_scores(
            scored=(
                (submission, one.row.scores)
                for one, submission in zip(placement.placed, submissions, strict=True)
            )
        )
        try:
            grade_many(label=import_label(question_set), grades=grades)
        except RegradeError:
            raise ImportAnswersError(
                "What was imported before is still being graded. Wait for it, or stop it, and "
                "import this again."
            ) from None
    return placement


def stop_import(*, question_set: QuestionSet) -> None:
    """Let the batches end as soon as they can; what is not graded then is left without a score."""
    run = latest_run(import_label(question_set))
    if run is not None:
        stop_run(run=run)


def forget_answers(*, questions: Iterable[Question]) -> int:
    """Delete what was imported to these, words and grades; how many answers there were.

    Nobody sat them, and a draft's question cannot go while they point to it.
    """
    with transaction.atomic():
        answers = Answer.objects.filter(question__in=questions, session__mode=IMPORTED)
        words = list(answers.values_list("submission", flat=True))
        sessions = list(answers.values_list("session", flat=True))
        answers.delete()
        Submission.objects.filter(pk__in=words).delete()
        InterviewSession.objects.imported().filter(pk__in=sessions, answers=None).delete()
    return len(words)


def _keep_answers(
    question_set: QuestionSet, placement: Placement, submissions: Sequence[Submission]
) -> None:
    """A sitting a label, and one for all that have none; the second answer of a sitting to a
    question is its second attempt."""
    now = timezone.now()
    sittings: dict[tuple[str, int], InterviewSession] = {}
    places: Counter[str] = Counter()
    attempts: Counter[tuple[str, int]] = Counter()
    answers: list[Answer] = []
    for one, submission in zip(placement.placed, submissions, strict=True):
        label = one.row.candidate
        part, place = divmod(places[label], MOST_A_SITTING)
        places[label] += 1
        attempts[(label, one.question.pk)] += 1
        sitting = sittings.setdefault(
            (label, part),
            InterviewSession(
                label=label,
                mode=IMPORTED,
                state=InterviewSession.State.FINISHED,
                team=question_set.team,
                version=placement.version,
                started_at=now,
                finished_at=now,
            ),
        )
        answers.append(
            Answer(
                session=sitting,
                question=one.question,
                position=place + 1,
                attempt=attempts[(label, one.question.pk)] if label else 1,
                submission=submission,
                submitted_at=now,
            )
        )
    InterviewSession.objects.bulk_create(sittings.values(), batch_size=1000)
    Answer.objects.bulk_create(answers, batch_size=1000)
