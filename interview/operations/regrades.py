"""A set's answers graded again, by today's judge and by what the set asks of it."""

from grading.models import BatchRun
from grading.operations.batch_estimates import Estimate, estimate_regrade
from grading.operations.batches import RegradeError, start_regrade, stop_run
from interview.models import QuestionSet
from interview.queries.regrades import label_of, set_run, submissions_to

__all__ = ["RegradeError", "estimate_set", "regrade_set", "stop_set"]


def estimate_set(*, question_set: QuestionSet) -> Estimate:
    """What it would come to; nothing is begun. Raises RegradeError without a judge."""
    return estimate_regrade(submissions=submissions_to(question_set), policy=question_set.grading)


def regrade_set(*, question_set: QuestionSet) -> BatchRun:
    """Begin. Raises RegradeError when a run is under way, or there is nothing to do."""
    return start_regrade(
        label=label_of(question_set),
        submissions=submissions_to(question_set),
        policy=question_set.grading,
    )


def stop_set(*, question_set: QuestionSet) -> None:
    """Let the run that is under way, if there is one, end as soon as it can."""
    run = set_run(question_set)
    if run is not None:
        stop_run(run=run)
