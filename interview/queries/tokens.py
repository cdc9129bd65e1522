"""A person's API tokens; nobody else's are within reach."""

from django.db.models import QuerySet

from interview.models import ApiToken, User


def tokens_of(user: User) -> QuerySet[ApiToken]:
    """Newest first, the expired ones included until knox clears them away."""
    return ApiToken.objects.filter(user=user).order_by("-created")  # type: ignore[no-any-return]  # knox ships no types
