"""What a team's grades cost, and how much they may."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from grading.models.account import month_of
from interview.models import Permission
from interview.operations.budgets import Cap, set_caps
from interview.operations.policies import uncounted_models
from interview.queries.spend import month_named, team_budgets
from interview.queries.spend import team_spend as spend_of
from interview.web.access import TeamRequest, in_team
from interview.web.forms.budgets import budget_forms
from interview.web.money import month_after, month_before, per_thousand
from interview.web.spend import (
    budget_words,
    chart_words,
    day_chart,
    failure_words,
    goes_by_words,
    lines_of,
)


@in_team(Permission.MANAGE_TEAM)
def team_spend(request: TeamRequest) -> HttpResponse:
    team, now = request.membership.team, timezone.now()
    this_month = month_of(now)
    try:
        month = month_named(request.GET.get("month", ""), now=now)
    except ValueError:
        raise Http404("No such month.") from None
    budgets = team_budgets(team, now=now)
    forms = budget_forms(budgets, request.POST if request.method == "POST" else None)
    if request.method == "POST" and all(form.is_valid() for form in forms):
        changed = [form for form in forms if form.has_changed()]
        set_caps(
            team=team,
            caps=[
                Cap(form.budget.question_set, form.micro_dollars, form.cleaned_data["period"])
                for form in changed
            ],
        )
        messages.success(request, "The budgets are saved." if changed else "Nothing was changed.")
        return redirect("team_spend", team=team.slug)
    spend = spend_of(team, month=month, now=now)
    chart = day_chart(spend, now.date())
    context = {
        "team": team,
        "spend": spend,
        "team_budget": budgets[0],
        "budget_words": budget_words(budgets[0], this_month),
        "used_up": [budget for budget in budgets if budget.is_used_up],
        "uncounted": uncounted_models(
            [budget.question_set for budget in budgets if budget.question_set], on=now.date()
        ),
        "forms": forms,
        "chart": chart,
        "chart_words": chart_words(chart, month),
        "lines": lines_of(spend.sets),
        "goes_by": goes_by_words(spend.forecast.goes_by, this_month),
        "failures": failure_words(spend.failures),
        "per_thousand": per_thousand(spend.total.micro_dollars, spend.answers.priced),
        "uncached_per_thousand": per_thousand(spend.total.uncached, spend.answers.priced),
        "earlier": month_before(month),
        "later": month_after(month) if month < this_month else None,
        "is_now": month == this_month,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "team/spend.html", context, status=status)
