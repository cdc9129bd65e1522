"""What grading again will come to, said before it begins."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Length

from grading.judges.prompt import instructions, question_block
from grading.llm.calls import Tokens
from grading.llm.prices import cost
from grading.models import Grade, Rubric, Submission
from grading.operations.batches import to_regrade
from grading.operations.policies import site_policy
from grading.queries.batches import finished
from grading.queries.rubrics import material_for

CHARACTERS_A_TOKEN: Final = 3
TOKENS_OF_A_REPLY: Final = 80  # and as many a criterion
READS_THAT_WORK: Final = 0.9  # of a batch's; the API promises none


@dataclass(frozen=True, slots=True)
class Estimate:
    """Of ``answers``, ``to_regrade`` would be judged again; ``ruled`` stand by a person's word.

    ``micro_dollars`` is what one reading each may cost; None when the price is not known, 0 for
    the local judge.
    """

    answers: int
    to_regrade: int
    ruled: int
    model: str
    micro_dollars: int | None

    @property
    def up_to_date(self) -> int:
        """Those that this very judge has graded already."""
        return self.left - self.ruled

    @property
    def left(self) -> int:
        return self.answers - self.to_regrade


def estimate_regrade(*, submissions: QuerySet[Submission], policy: Mapping[str, Any]) -> Estimate:
    """Raises RegradeError when there is no judge."""
    grades = to_regrade(submissions, policy)
    graded = finished(submissions)
    model = site_policy().changed(policy).first if settings.GRADING_JUDGE == "claude" else ""
    return Estimate(
        answers=graded.count(),
        to_regrade=grades.count(),
        ruled=graded.filter(judge="person").count(),
        model=model,
        micro_dollars=_price(grades, model) if model else 0,
    )


def _price(grades: QuerySet[Grade], model: str) -> int | None:
    rows = (
        grades.order_by()
        .values_list("submission__rubric")
        .annotate(
            count=Count("submission__normalised_hash", distinct=True),
            characters=Sum(Length("submission__text")),
        )
    )
    counted = {rubric: (count, characters) for rubric, count, characters in rows}
    rubrics = Rubric.objects.filter(pk__in=counted).prefetch_related("criteria")
    tokens = _add(_tokens(rubric, *counted[rubric.pk]) for rubric in rubrics)
    return cost(model, tokens, on=datetime.now(UTC).date(), batch=True)


def _tokens(rubric: Rubric, count: int, characters: int) -> Tokens:
    """One question's answers: the first writes what the others read, mostly."""
    common = len(instructions()) // CHARACTERS_A_TOKEN
    question = len(question_block(material_for(rubric, ""))) // CHARACTERS_A_TOKEN
    reads = round((count - 1) * READS_THAT_WORK)
    return Tokens(
        input=characters // CHARACTERS_A_TOKEN,
        cache_write_1h=common,
        cache_write_5m=question * (count - reads),
        cache_read=common * (count - 1) + question * reads,
        output=count * TOKENS_OF_A_REPLY * (1 + len(rubric.criteria.all())),
    )


def _add(parts: Iterable[Tokens]) -> Tokens:
    every = list(parts)
    return Tokens(
        input=sum(part.input for part in every),
        cache_write_5m=sum(part.cache_write_5m for part in every),
        cache_write_1h=sum(part.cache_write_1h for part in every),
        cache_read=sum(part.cache_read for part in every),
        output=sum(part.output for part in every),
    )
