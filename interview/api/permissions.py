"""What a token may do. Roles are asked in querysets and operations; a scope only takes away."""

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from interview.models import ApiToken, Scope, User

if TYPE_CHECKING:  # the settings name this module, so DRF's views load it before they are there
    from rest_framework.views import APIView


class HasScope(BasePermission):
    """Reading takes ``read``, anything else the view's ``write_scope``; without one, nothing.

    A person in the browser has every scope: there their roles alone decide.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.auth, ApiToken):
            return True
        needed = Scope.READ if request.method in SAFE_METHODS else getattr(view, "write_scope", "")
        if needed in request.auth.scopes:
            return True
        self.message = f"This token lacks the scope “{needed}”. Make another one that has it."
        return False


def person(request: Request) -> User:
    """Who is asking; every view but the documentation stands behind IsAuthenticated."""
    if not isinstance(request.user, User):  # pragma: no cover - the permission came first
        raise TypeError("This view needs IsAuthenticated.")
    return request.user
