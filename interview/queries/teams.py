"""Who may do what where: everything asks here, and here asks the one permission table."""

from django.db.models import QuerySet

from interview.models import Membership, Permission, User


def memberships_of(user: User) -> QuerySet[Membership]:
    return Membership.objects.filter(user=user).select_related("team").order_by("team__name")


def membership_in(user: User, team_slug: str) -> Membership | None:
    """The person's place in a team, or None when there is no such team for them."""
    return memberships_of(user).filter(team__slug=team_slug).first()


def may(membership: Membership, permission: Permission) -> bool:
    return permission in membership.permissions
