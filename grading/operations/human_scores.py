"""What people gave, kept beside what the grader gives."""

from collections.abc import Iterable, Sequence

from grading.models import HumanScore, Submission


def keep_scores(*, scored: Iterable[tuple[Submission, Sequence[float]]]) -> int:
    """Each answer with a score a person, from 0 to 1. Returns how many scores were kept."""
    made = HumanScore.objects.bulk_create(
        (
            HumanScore(submission=submission, position=place, score=score)
            for submission, scores in scored
            for place, score in enumerate(scores, start=1)
        ),
        batch_size=1000,
    )
    return len(made)
