"""The verdict's page while feedback is written about the answer, in a real browser."""

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from grading.models import Grade
from grading.operations.feedback import publish
from grading.operations.grades import run_grade
from interview.models import User
from tests.browser.people import sign_in
from tests.factories import first_grade, make_answer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ONE, TWO = "You name the <variance>.", "Say what becomes of the softmax."


@pytest.mark.parametrize("script", [True, False])
def test_feedback_grows_sentence_by_sentence_and_the_score_comes_last(
    page: Page, live_server: LiveServer
) -> None:
    call_command("load_demo", verbosity=0)
    answer = make_answer(User.objects.get(username="demo-candidate"))
    grade = first_grade(answer)
    Grade.objects.filter(pk=grade.pk).update(state=Grade.State.RUNNING)
    sign_in(page, f"{live_server.url}/answers/{answer.public_id}/", "demo-candidate")
    state, score = page.locator("#state"), page.locator(".score")
    expect(state).to_be_visible()
    for text in (ONE, f"{ONE} {TWO}"):
        publish(grade=grade, text=text)
        expect(state).to_contain_text(text)
        expect(score).to_have_count(0)
    Grade.objects.filter(pk=grade.pk).update(state=Grade.State.PENDING)
    run_grade(grade_id=grade.pk)
    expect(score).to_be_visible()
    expect(state).not_to_contain_text(TWO)
