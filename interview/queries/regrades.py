"""What a set's answers are for grading: words handed in, under a label of the set."""

from django.db.models import QuerySet

from grading.models import BatchRun, Submission
from grading.queries.batches import latest_run
from interview.models import QuestionSet


def label_of(question_set: QuestionSet) -> str:
    """What runs that grade this set's answers again are called."""
    return f"set:{question_set.pk}"


def submissions_to(question_set: QuestionSet) -> QuerySet[Submission]:
    """What was submitted to any version of the set."""
    return Submission.objects.filter(answer__question__version__question_set=question_set)


def set_run(question_set: QuestionSet) -> BatchRun | None:
    """The run that is under way, or the last one."""
    return latest_run(label_of(question_set))
