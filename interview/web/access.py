"""Doors: who is asking, in which team, with which right."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, TypeVar

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django_htmx.http import HttpResponseClientRefresh

from interview.models import Membership, Permission, User
from interview.queries.teams import may, membership_in


class SignedInRequest(HttpRequest):
    """A request behind ``signed_in``: there is a person."""

    user: User


class TeamRequest(SignedInRequest):
    """A request behind ``in_team``: there is a person and their place in the team."""

    membership: Membership


R = TypeVar("R", bound=SignedInRequest)


def signed_in(
    view: Callable[Concatenate[R, ...], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Send strangers to the sign-in page. A page that asks for a piece of itself is loaded anew, or
    that piece would be the sign-in page; one that sends what was typed in it stays as it is."""
    door: Callable[..., HttpResponseBase] = login_required(view)

    @wraps(door)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "HX-Request" in request.headers and not request.user.is_authenticated:
            typed = request.method == "POST"
            return HttpResponse(status=401) if typed else HttpResponseClientRefresh()
        return door(request, *args, **kwargs)

    return inside


def in_team(
    permission: Permission,
) -> Callable[
    [Callable[Concatenate[TeamRequest, ...], HttpResponseBase]], Callable[..., HttpResponseBase]
]:
    """Let in members of the team in the URL whose role grants ``permission``.

    Another team's page does not exist for them (404); their own without the right is refused
    (403). The view finds the membership as ``request.membership`` and takes no ``team``.
    """

    def door(
        view: Callable[Concatenate[TeamRequest, ...], HttpResponseBase],
    ) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def inside(request: TeamRequest, team: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            membership = membership_in(request.user, team)
            if membership is None:
                raise Http404("No such team.")
            if not may(membership, permission):
                raise PermissionDenied(
                    f"Your role in {membership.team} is {membership.get_role_display()}, "
                    "which does not open this page. An admin of the team can change that."
                )
            request.membership = membership
            return view(request, *args, **kwargs)

        return signed_in(inside)

    return door
