"""How far a candidate has come, and how a team's candidates compare."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from interview.models import Permission
from interview.queries.cohort import cohort
from interview.queries.library import topics_to_practise
from interview.queries.progress import by_week, mastery_by_topic, missed_again, overall, unscored
from interview.queries.sessions import recent_answers, with_marks
from interview.web.access import SignedInRequest, TeamRequest, in_team, signed_in
from interview.web.charts import mastery_chart, trend_chart
from interview.web.mastery import (
    interval_in_percent,
    mastery_rows,
    movement,
    practice_urls,
    repeated,
    suggestions,
    team_heat,
    trend_points,
    weakest_of,
)
from interview.web.rows import rows_of

PAGE = 20


@signed_in
def progress(request: SignedInRequest) -> HttpResponse:
    user, now = request.user, timezone.now()
    answers = with_marks(recent_answers(user)).prefetch_related("question__topics")
    page = Paginator(answers, PAGE).get_page(request.GET.get("page"))
    reached, scored = overall(user, now=now)
    context: dict[str, Any] = {
        "page_obj": page,
        "recent": rows_of(page.object_list),
        "unscored": unscored(user),
        "scored": scored,
    }
    if scored:
        topics, weeks = mastery_by_topic(user, now=now), by_week(user, now=now)
        within_reach = list(topics_to_practise(user))
        urls = practice_urls(within_reach)
        context |= {
            "overall": interval_in_percent(reached),
            "mastery": mastery_chart(mastery_rows(topics, urls)),
            "trend": trend_chart(trend_points(weeks)),
            "movement": movement(weeks),
            "suggestions": suggestions(topics, within_reach, urls),
            "repeated": repeated(missed_again(user), urls),
        }
    return render(request, "progress/own.html", context)


@in_team(Permission.VIEW_TEAM_PROGRESS)
def team_progress(request: TeamRequest) -> HttpResponse:
    team = request.membership.team
    found = cohort(team, now=timezone.now())
    strongest_first = sorted(found.means, key=lambda mean: -mean.estimate)
    context = {
        "team": team,
        "cohort": found,
        "overall": interval_in_percent(found.overall),
        "weakest": weakest_of(found.means),
        "heat": team_heat(found, team),
        "mastery": mastery_chart(mastery_rows(strongest_first, {})),
    }
    return render(request, "team/progress.html", context)
