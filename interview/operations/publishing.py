"""A draft becomes a version that candidates can sit, and that never changes again."""

from django.db import transaction
from django.utils import timezone

from grading.models import Criterion
from grading.operations.budget import ensure_account
from interview.models import Question, QuestionSetVersion, User
from interview.queries.payers import library_labels


class PublishError(Exception):
    """Why a draft cannot be published: one sentence a problem."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def publish_version(*, version: QuestionSetVersion, by: User | None) -> QuestionSetVersion:
    """Publish a draft. Raises PublishError with everything that stands in the way.

    What practice on a set of the library costs has its account from then on, so that operators can
    cap it before anybody comes.
    """
    with transaction.atomic():
        draft = QuestionSetVersion.objects.select_for_update().get(pk=version.pk)
        problems = publishing_problems(draft)
        if problems:
            raise PublishError(problems)
        draft.state = QuestionSetVersion.State.PUBLISHED
        draft.published_at = timezone.now()
        draft.published_by = by
        draft.save(update_fields=["state", "published_at", "published_by"])
        if draft.question_set.team_id is None:
            ensure_account(keys=library_labels(draft.question_set))
    return draft


def publishing_problems(version: QuestionSetVersion) -> list[str]:
    """Everything that must be mended first, in the order of the questions."""
    if version.is_published:
        return ["This version is published already."]
    questions = version.questions.select_related("rubric").prefetch_related("rubric__criteria")
    found = [
        f"Question {question.position}, “{question.title}”, {problem}."
        for question in questions
        for problem in question_problems(question)
    ]
    if not questions:
        found.append("Add at least one question.")
    return found


def question_problems(question: Question) -> list[str]:
    """What one question lacks, each as the end of a sentence that begins with its name."""
    problems = []
    if not question.rubric.reference_answer.strip():
        problems.append("has no reference answer")
    if not any(
        criterion.kind == Criterion.Kind.REQUIRED for criterion in question.rubric.criteria.all()
    ):
        problems.append("has no required criterion, so no answer could score")
    return problems
