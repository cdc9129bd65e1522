"""Answers that were given elsewhere: how far their grading is, and how far the grader is from the
people who scored them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from grading.models import BatchRun, Grade, Submission
from grading.queries.agreement import Agreement, Pair, agreement_on
from grading.queries.batches import latest_run
from interview.models import Answer, InterviewSession, Question, QuestionSet
from interview.queries.answers import with_origin
from interview.queries.editor import working_version

SHOWN_APART = 10


def imported_answers(question_set: QuestionSet) -> QuerySet[Answer]:
    sessions = InterviewSession.objects.imported().filter(version__question_set=question_set)
    return Answer.objects.filter(session__in=sessions)


def imported_submissions(question_set: QuestionSet) -> QuerySet[Submission]:
    return Submission.objects.filter(answer__in=imported_answers(question_set))


def import_label(question_set: QuestionSet) -> str:
    """What runs that grade what was imported are called."""
    return f"import:{question_set.pk}"


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """`run` is the batches' last one, None where the queue grades."""

    total: int
    graded: int
    ungraded: int
    run: BatchRun | None

    @property
    def done(self) -> int:
        """Graded for good, or answered in the batch that is at the grader."""
        under_way = self.run.answered if self.run and not self.run.is_done else 0
        return min(self.graded + self.ungraded + under_way, self.total)

    @property
    def is_done(self) -> bool:
        return self.graded + self.ungraded == self.total

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100


def import_progress(question_set: QuestionSet) -> ImportProgress:
    """Over all that was ever imported into the set. Two queries."""
    current = Grade.objects.current().filter(submission__in=imported_submissions(question_set))
    counts = current.aggregate(
        total=Count("pk"),
        graded=Count("pk", filter=Q(state=Grade.State.GRADED)),
        ungraded=Count("pk", filter=Q(state=Grade.State.UNGRADED)),
    )
    return ImportProgress(**counts, run=latest_run(import_label(question_set)))


@dataclass(frozen=True, slots=True)
class QuestionAgreement:
    """A question's answers that have both scores: means, and how far they are apart on average."""

    question: Question
    n: int
    people: float
    judge: float
    apart: float


@dataclass(frozen=True, slots=True)
class SetAgreement:
    """``furthest`` are the answers where grader and people differ most, each with its pair."""

    figures: Agreement
    questions: Sequence[QuestionAgreement]
    furthest: Sequence[tuple[Answer, Pair]]


def set_agreement(question_set: QuestionSet) -> SetAgreement:
    """A number of queries that does not grow with the answers."""
    figures = agreement_on(imported_submissions(question_set))
    by_question: dict[str, list[Pair]] = {}
    keys = dict(
        imported_answers(question_set)
        .filter(submission__human_scores__isnull=False)
        .values_list("submission", "question__key")
    )
    for pair in figures.pairs:
        by_question.setdefault(keys[pair.submission_id], []).append(pair)
    version = working_version(question_set)
    questions = version.questions.order_by("position") if version else ()
    worst = sorted(figures.pairs, key=lambda pair: -pair.apart)[:SHOWN_APART]
    answers = {
        answer.submission_id: answer
        for answer in with_origin(
            imported_answers(question_set).filter(submission__in=[p.submission_id for p in worst])
        )
    }
    return SetAgreement(
        figures,
        [
            _agreement_of(question, by_question[question.key])
            for question in questions
            if question.key in by_question
        ],
        [(answers[pair.submission_id], pair) for pair in worst if pair.apart > 0],
    )


def _agreement_of(question: Question, pairs: Sequence[Pair]) -> QuestionAgreement:
    n = len(pairs)
    return QuestionAgreement(
        question,
        n,
        people=sum(pair.people for pair in pairs) / n,
        judge=sum(pair.judge for pair in pairs) / n,
        apart=sum(pair.apart for pair in pairs) / n,
    )
