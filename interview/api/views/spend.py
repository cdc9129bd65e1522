from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ValidationError
from rest_framework.views import APIView

from interview.api.access import find_team
from interview.api.permissions import person
from interview.api.serializers.spend import MonthSerializer, SpendSerializer
from interview.models import Permission
from interview.operations.policies import uncounted_models
from interview.queries.spend import TeamSpend, month_named, team_budgets, team_spend


@extend_schema(tags=["Teams"])
class Spend(APIView):
    """What a month of the team's grades cost, and what its budgets leave. For its admins.

    Amounts are whole micro-dollars, millionths of a dollar, from the ledger of calls.
    """

    may_be_wrong = True

    @extend_schema(
        operation_id="team_spend",
        summary="Read what a team's grades cost",
        parameters=[MonthSerializer],
        responses=SpendSerializer,
    )
    def get(self, request: Request, team: str) -> Response:
        found, now = find_team(person(request), team, Permission.MANAGE_TEAM), timezone.now()
        try:
            month = month_named(request.query_params.get("month", ""), now=now)
        except ValueError:
            raise ValidationError({"month": "Ask for a month such as 2026-11."}) from None
        spend = team_spend(found, month=month, now=now)
        budgets = team_budgets(found, now=now)
        sets = [budget.question_set for budget in budgets if budget.question_set]
        uncounted = uncounted_models(sets, on=now.date())
        told = as_told(spend) | {"budgets": budgets, "uncounted": uncounted}
        return Response(SpendSerializer(told).data)


def as_told(spend: TeamSpend) -> dict[str, Any]:
    return {
        "month": spend.month,
        "total": spend.total,
        "answers": spend.answers,
        "sets": spend.sets,
        "days": [
            {"day": day, "model": model, "sums": sums}
            for day, models in sorted(spend.days.items())
            for model, sums in sorted(models.items())
        ],
        "failures": [
            {"error": error, "calls": calls, "micro_dollars": price}
            for error, calls, price in spend.failures
        ],
        "forecast": spend.forecast,
        "latest": spend.latest,
    }
