"""Teams and who belongs to them."""

from django.db import transaction

from interview.models import Membership, Role, Team, User


def create_team(*, slug: str, name: str, admin: User | None = None) -> Team:
    with transaction.atomic():
        team = Team.objects.create(slug=slug, name=name)
        if admin is not None:
            set_role(team=team, user=admin, role=Role.ADMIN)
    return team


def set_role(*, team: Team, user: User, role: Role) -> Membership:
    """Give a person a role in a team, in place of the one they had there."""
    membership, _ = Membership.objects.update_or_create(
        team=team, user=user, defaults={"role": role}
    )
    return membership
