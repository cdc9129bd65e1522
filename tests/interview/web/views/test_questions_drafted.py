"""Criteria that Claude drafts, as the editor gets them."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from grading.models import Account, ModelCall
from interview.models import Question
from tests.factories import REFERENCE, make_draft_set, make_team, make_user
from tests.fakes.claude_api import ClaudeApi

pytestmark = pytest.mark.django_db
FIRST, SECOND = (f"{part.rstrip('.')}." for part in REFERENCE.split(". "))


def test_a_page_whose_writer_signed_out_keeps_what_was_typed(client: Client) -> None:
    """A page to sign in on would take the place of the criteria; htmx puts no 401 there."""
    make_draft_set(team=make_team("north"), slug="basics", questions=0)
    address = reverse("question_new", args=("north", "basics"))
    sent = client.post(address, {"do": "draft"}, headers={"HX-Request": "true"})
    assert (sent.status_code, sent.content) == (401, b"")
    assert client.post(address, {"do": "draft"}).status_code == 302  # without a script


def test_claudes_draft_comes_with_kinds_and_weights_and_the_teams_account_pays(
    client: Client, claude_api: ClaudeApi, settings: Settings
) -> None:
    settings.GRADING_JUDGE = "claude"
    settings.ANTHROPIC_API_KEY = "sk-ant-test"
    settings.ANTHROPIC_BASE_URL = claude_api.url
    editor = make_user()
    make_draft_set(team=make_team("north", interviewer=editor), slug="basics", questions=0)
    client.force_login(editor)
    typed = {"do": "draft", "prompt": "Why is attention scaled?", "reference_answer": REFERENCE}
    response = client.post(reverse("question_new", args=("north", "basics")), typed)
    assert "Drafted by Claude from the question and the reference." in response.content.decode()
    rows = [row.typed for row in response.context["sheet"].rows]
    assert [(row.kind, row.weight, row.text) for row in rows] == [
        ("required", "2", FIRST),
        ("required", "1", SECOND),
        ("misconception", "1", f"It is not so: {FIRST}"),
    ]
    assert not Question.objects.exists()
    paid = Account.objects.get(key__startswith="team:", parent=None)
    assert paid.spent == ModelCall.objects.get().micro_dollars
