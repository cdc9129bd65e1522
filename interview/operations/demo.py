"""People to sign in as on a machine of one's own. Never part of a production start."""

from django.db import transaction

from interview.models import Role, Team, User
from interview.operations.teams import create_team, set_role

DEMO_TEAM = "demo"


def load_demo(*, password: str) -> list[User]:
    """The demo team with one person a role; those who are there keep their password."""
    with transaction.atomic():
        team = Team.objects.filter(slug=DEMO_TEAM).first() or create_team(
            slug=DEMO_TEAM, name="Demo team"
        )
        return [_demo_person(team, role, password) for role in Role]


def _demo_person(team: Team, role: Role, password: str) -> User:
    username = f"demo-{role.value}"
    user = User.objects.filter(username=username).first()
    if user is None:
        user = User.objects.create_user(
            username,
            email=f"{username}@viva.invalid",
            password=password,
            first_name="Demo",
            last_name=role.label.lower(),
            is_staff=role == Role.ADMIN,
            is_superuser=role == Role.ADMIN,
        )
        set_role(team=team, user=user, role=role)
    return user
