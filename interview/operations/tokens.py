"""API tokens: made once, shown once, revoked."""

from collections.abc import Sequence
from datetime import timedelta

from interview.models import ApiToken, Scope, User


def create_token(
    *, user: User, name: str, scopes: Sequence[Scope], lifetime: timedelta
) -> tuple[ApiToken, str]:
    """A new token and its secret, which cannot be shown again: only a hash is kept."""
    token, secret = ApiToken.objects.create(
        user=user, name=name, scopes=[Scope(scope).value for scope in scopes], expiry=lifetime
    )
    return token, secret


def revoke_token(*, token: ApiToken) -> None:
    token.delete()
