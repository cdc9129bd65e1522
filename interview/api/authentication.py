"""Who is calling: a person's token, or their browser's session (see settings)."""

from typing import TYPE_CHECKING, Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from interview.models import ApiToken, User

if TYPE_CHECKING:  # the settings name this module, so DRF's views load it before they are there
    from drf_spectacular.openapi import AutoSchema


class BearerToken(TokenAuthentication):  # type: ignore[misc]  # knox ships no types
    """``Authorization: Bearer viva_…``; an unknown or expired token is a 401."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken]:
        # Tokens are plain ASCII; knox would stumble over any other byte.
        if not token.isascii():
            raise AuthenticationFailed("Invalid token.")
        user, found = super().authenticate_credentials(token)
        return user, found


class BearerTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # it registers itself
    """How the schema describes the above."""

    target_class = "interview.api.authentication.BearerToken"
    name = "token"

    def get_security_definition(self, auto_schema: "AutoSchema") -> dict[str, Any]:  # noqa: ARG002 - its signature
        return build_bearer_security_scheme_object("Authorization", "Bearer")
