import pytest
from django.test import Client

from tests.factories import make_user


@pytest.fixture
def operator(client: Client) -> Client:
    user = make_user("operator")
    user.is_staff = user.is_superuser = True
    user.save()
    client.force_login(user)
    return client
