"""What every page's frame needs to know."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from interview.models import Team, User
from interview.queries.teams import memberships_of


@dataclass(frozen=True, slots=True)
class NavigationTeam:
    team: Team
    can: frozenset[str]


def navigation(request: HttpRequest) -> dict[str, Any]:
    """``nav_teams``: the person's teams and what they may do there, read only when asked for."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_authenticated:
        return {"nav_teams": []}
    return {"nav_teams": SimpleLazyObject(lambda: _teams_of(user))}


def _teams_of(user: User) -> list[NavigationTeam]:
    return [
        NavigationTeam(
            membership.team, frozenset(permission.value for permission in membership.permissions)
        )
        for membership in memberships_of(user)
    ]
