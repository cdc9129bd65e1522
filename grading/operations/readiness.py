"""Whether the models that are set can be asked, found out before the first answer needs them."""

import logging
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from grading.judges.base import JudgeUnavailable
from grading.operations.judging import claude_client
from grading.operations.policies import unpriced_models

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ModelCheck:
    """`problem` is a sentence for operators, empty when the model is there. Without a known price
    (`priced`) no cap stops what it is asked."""

    model: str
    problem: str
    priced: bool = True


def check_models() -> list[ModelCheck]:
    """One row a model that the settings name; none where Claude does not grade."""
    if settings.GRADING_JUDGE != "claude":
        return []
    models = dict.fromkeys((settings.CLAUDE_MODEL, settings.CLAUDE_STRONG_MODEL))
    unpriced = unpriced_models({}, on=timezone.now().date())
    return [ModelCheck(model, _problem_with(model), model not in unpriced) for model in models]


def log_models() -> None:
    """For a worker's start: what cannot be asked is an error in its log, what no cap stops a
    warning, and grading goes on."""
    for found in check_models():
        if found.problem:
            logger.error("The model %s cannot be asked. %s", found.model, found.problem)
        if not found.priced:
            logger.warning(
                "The model %s has no known price: what it is asked counts for no budget, and no "
                "cap stops it.",
                found.model,
            )


def missing_model(*, model: str) -> str:
    """Why nobody can ask this model, as the API says; empty where it is there, and where that
    cannot be told just now."""
    from grading.llm.failures import CallFailed, NotFound, NotPermitted  # noqa: PLC0415 - as below

    own = (settings.CLAUDE_MODEL, settings.CLAUDE_STRONG_MODEL)
    if settings.GRADING_JUDGE != "claude" or model in own:
        return ""
    try:
        claude_client().find_model(model)
    except (NotFound, NotPermitted) as error:
        return str(error)
    except (CallFailed, JudgeUnavailable):
        return ""
    return ""


def _problem_with(model: str) -> str:
    from grading.llm.failures import CallFailed  # noqa: PLC0415 - beside the client, whose SDK costs a second

    try:
        claude_client().find_model(model)
    except (CallFailed, JudgeUnavailable) as error:
        also = " This server may not tell of its models." if settings.ANTHROPIC_BASE_URL else ""
        return f"{error}{also}"
    return ""
