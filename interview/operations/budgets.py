"""What a team lets its grades cost."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from grading.models import Account
from grading.operations.budget import set_cap
from interview.models import QuestionSet, Team
from interview.queries.payers import set_label, team_label


@dataclass(frozen=True, slots=True)
class Cap:
    """Of the team (`question_set` None) or of a set in its hands; `micro_dollars` None: no limit.
    `period` is a value of ``Account.Period``."""

    question_set: QuestionSet | None
    micro_dollars: int | None
    period: str


def set_caps(*, team: Team, caps: Sequence[Cap]) -> None:
    """Change these, all or none; answers that waited for a budget go on where there is room."""
    with transaction.atomic():
        for cap in caps:
            keys = [team_label(team)]
            if cap.question_set is not None:
                keys.append(set_label(team, cap.question_set.pk))
            set_cap(keys=keys, cap=cap.micro_dollars, period=Account.Period(cap.period))
