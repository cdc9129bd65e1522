"""How an answer is judged: this site's settings, and where a set of questions departs from them."""

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings

from grading.grader.policy import EFFORTS, Policy
from grading.grader.seam import Judge
from grading.llm.capabilities import MODELS
from grading.llm.prices import find_price
from grading.models import Submission

__all__ = [
    "EFFORTS",
    "PolicyError",
    "check_changes",
    "policy_of",
    "possible_models",
    "setup_hash",
    "unpriced_models",
]

logger = logging.getLogger(__name__)


class PolicyError(Exception):
    """A policy that makes no sense; the message says which part."""


def site_policy() -> Policy:
    """What the settings say."""
    return Policy(
        first=settings.CLAUDE_MODEL,
        strong=settings.CLAUDE_STRONG_MODEL,
        effort=settings.CLAUDE_EFFORT,
        extra_calls=settings.CLAUDE_EXTRA_CALLS,
        sure_from=settings.CLAUDE_SURE_FROM,
        pass_line=settings.PASS_LINE,
    )


def possible_models() -> list[str]:
    """Models that a set may choose: the site's own, and where the API itself is asked those that
    are known of it."""
    known = () if settings.ANTHROPIC_BASE_URL else MODELS
    return list(dict.fromkeys([settings.CLAUDE_MODEL, settings.CLAUDE_STRONG_MODEL, *known]))


def policy_of(submission: Submission) -> Policy:
    """What holds for these words: the settings, but where their set departed from them."""
    try:
        return site_policy().changed(submission.policy)
    except (TypeError, ValueError) as error:
        logger.error("Submission %s is judged by the settings alone: %s", submission.pk, error)  # noqa: TRY400 - the message says it all
        return site_policy()


def unpriced_models(changes: Mapping[str, Any], *, on: date) -> list[str]:
    """Models that are asked under the settings with these changes and have no known price on that
    day: what they are asked counts for no budget, and no cap stops it. None where Claude does not
    grade."""
    if settings.GRADING_JUDGE != "claude":
        return []
    try:
        policy = site_policy().changed(changes)
    except (TypeError, ValueError):  # as in policy_of, which says so
        policy = site_policy()
    models = dict.fromkeys((policy.first, policy.strong))
    return [model for model in models if find_price(model, on) is None]


def check_changes(*, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes as they can be kept. Raises PolicyError."""
    try:
        site_policy().changed(changes)
    except (TypeError, ValueError) as error:
        raise PolicyError(str(error)) from None
    return dict(changes)


def setup_hash(judge: Judge, submission: Submission) -> str:
    """The same for the same judge, prompt, models and policy: what is said once is not asked again.

    The local judge knows no policy.
    """
    policy = policy_of(submission) if judge.name == "claude" else None
    return _setup_hash(judge.name, judge.model, judge.prompt_version, policy)


@lru_cache(maxsize=64)  # there are few, and every answer has one
def _setup_hash(name: str, model: str, prompt_version: str, policy: Policy | None) -> str:
    known = sorted(asdict(policy).items()) if policy else []
    return hashlib.sha256(json.dumps([name, model, prompt_version, known]).encode()).hexdigest()
