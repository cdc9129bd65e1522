import pytest
from pytest_django.fixtures import Settings

from interview.models import QuestionSet
from interview.operations.policies import PolicyError, change_policy
from tests.factories import make_draft_set
from tests.fakes.claude_api import ClaudeApi

pytestmark = pytest.mark.django_db


@pytest.fixture
def question_set(settings: Settings, claude_api: ClaudeApi) -> QuestionSet:
    settings.GRADING_JUDGE = "claude"
    settings.ANTHROPIC_API_KEY = "sk-ant-test"
    settings.ANTHROPIC_BASE_URL = claude_api.url
    return make_draft_set()


def test_a_model_that_is_not_there_is_refused_before_it_pauses_grading(
    question_set: QuestionSet,
) -> None:
    with pytest.raises(PolicyError, match=r"claude-9 cannot be asked\. .* Choose another model\."):
        change_policy(question_set=question_set, changes={"first": "claude-9"}, follow_ups=True)
    question_set.refresh_from_db()
    assert question_set.grading == {}


def test_a_model_that_is_there_is_kept(question_set: QuestionSet) -> None:
    change_policy(question_set=question_set, changes={"first": "claude-opus-5-5"}, follow_ups=True)
    question_set.refresh_from_db()
    assert question_set.grading == {"first": "claude-opus-5-5"}


def test_what_cannot_be_told_just_now_is_no_reason_to_refuse(
    question_set: QuestionSet, claude_api: ClaudeApi
) -> None:
    claude_api.script("overloaded")
    change_policy(question_set=question_set, changes={"strong": "claude-opus-5-5"}, follow_ups=True)
    assert question_set.grading == {"strong": "claude-opus-5-5"}


def test_a_model_that_a_set_has_already_is_not_asked_about_again(
    question_set: QuestionSet, claude_api: ClaudeApi
) -> None:
    question_set.grading = {"first": "claude-9"}
    change_policy(
        question_set=question_set, changes={"first": "claude-9", "pass_line": 0.5}, follow_ups=True
    )
    assert question_set.grading == {"first": "claude-9", "pass_line": 0.5}


def test_what_makes_no_sense_is_refused(question_set: QuestionSet) -> None:
    with pytest.raises(PolicyError, match="effort is one of"):
        change_policy(question_set=question_set, changes={"effort": "utmost"}, follow_ups=True)
