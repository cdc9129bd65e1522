"""What candidates, reviewers and programs are told while the grader is away."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from grading.models import Grade
from grading.operations.grades import run_grade
from grading.operations.queue import LIMIT_PROBE_SECONDS, pause_queue
from interview.models import Answer, Team, User
from interview.operations.answers import submit_answer
from interview.queries.cohort import cohort
from interview.queries.progress import Unscored, overall, unscored
from interview.web.scores import interval_of
from tests.factories import first_grade, make_answer, make_session, make_team, make_user
from tests.fakes.claude_api import ClaudeApi
from tests.fakes.ticker import Ticker

pytestmark = pytest.mark.django_db
ANSWER = "Dot products of long vectors have a large variance, so scores are divided by a root."
MARKED = "This verdict is provisional."
TO_COME = "own verdict takes its place as soon as it is back"
KEPT = "and the grader itself could not grade this answer."


@pytest.fixture(autouse=True)
def claude_grades(settings: Settings, claude_api: ClaudeApi, ticker: Ticker) -> ClaudeApi:
    settings.GRADING_JUDGE = "claude"
    settings.ANTHROPIC_API_KEY = "sk-ant-secret"
    settings.ANTHROPIC_BASE_URL = claude_api.url
    return claude_api


@pytest.fixture
def candidate() -> User:
    return make_user("candidate")


@pytest.fixture
def team(candidate: User) -> Team:
    team = make_team("north", candidate=candidate, reviewer=make_user("reviewer"))
    team.provisional_grades = True
    team.save()
    return team


def page_of(client: Client, answer: Answer, **query: str) -> str:
    client.force_login(answer.session.candidate)
    name = "verdict_state" if query else "verdict"
    return client.get(reverse(name, args=[answer.public_id]), query).content.decode()


def run(answer: Answer) -> None:
    run_grade(grade_id=first_grade(answer).pk)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("rate_limited", "The grader has a lot to do just now."),
        ("overloaded", "The grader cannot be reached just now."),
        ("unauthorized", "Grading is paused for now."),
    ],
)
def test_a_waiting_answers_page_says_kindly_what_it_waits_for(
    client: Client, candidate: User, claude_grades: ClaudeApi, fault: str, words: str
) -> None:
    claude_grades.script(fault)
    answer = make_answer(candidate, text=ANSWER)
    run(answer)
    page = page_of(client, answer)
    assert f"{words} Your answer is safe; it is graded as soon as a grader is free." in page
    assert "ANTHROPIC_API_KEY" not in page
    assert Grade.objects.get().score is None


def test_a_pause_with_an_end_says_when(client: Client, candidate: User) -> None:
    until = datetime(2999, 12, 1, tzinfo=UTC)
    pause_queue(by=make_user(), why="Secret reason", until=until, now=timezone.now())
    answer = make_answer(candidate, text=ANSWER)
    run(answer)
    page = page_of(client, answer)
    assert "Grading is paused until 1 December, 00:00 UTC." in page
    assert "Secret reason" not in page


def test_an_open_page_hears_that_grading_is_paused(
    client: Client, candidate: User, claude_grades: ClaudeApi
) -> None:
    claude_grades.script("unauthorized")
    answer = make_answer(candidate, text=ANSWER)
    assert page_of(client, answer, seen="pending") == ""
    run(answer)
    assert "Grading is paused for now." in page_of(client, answer, seen="pending")
    assert page_of(client, answer, seen="pending-paused") == ""


@pytest.fixture
def answer(candidate: User, team: Team, claude_grades: ClaudeApi) -> Answer:
    """Graded provisionally, because the key is refused."""
    claude_grades.script("unauthorized")
    session = make_session(candidate, team=team)
    answer = submit_answer(answer=session.answers.get(), text=ANSWER)
    run(answer)
    return answer


def let_claude_grade(ticker: Ticker) -> None:
    ticker.advance(LIMIT_PROBE_SECONDS)
    run_grade(grade_id=Grade.objects.get(state=Grade.State.PENDING).pk)


def test_a_provisional_verdict_is_marked_and_gives_way_to_claudes(
    client: Client, answer: Answer, ticker: Ticker
) -> None:
    page = page_of(client, answer)
    assert MARKED in page
    assert TO_COME in page
    assert 'hx-trigger="every 10s"' in page
    assert page_of(client, answer, seen="graded-provisional") == ""
    let_claude_grade(ticker)
    changed = page_of(client, answer, seen="graded-provisional")
    assert MARKED not in changed
    assert "claude-haiku-5-5" in changed
    assert "<strong>Provisional.</strong>" in changed  # among earlier verdicts
    assert "hx-trigger" not in changed


@pytest.mark.parametrize("name", ["home", "progress"])
def test_lists_mark_it(client: Client, answer: Answer, name: str) -> None:
    client.force_login(answer.session.candidate)
    assert '<span class="dim">provisional</span>' in client.get(reverse(name)).content.decode()


def test_reviewers_see_it_marked(client: Client, answer: Answer, team: Team) -> None:
    client.force_login(User.objects.get(username="reviewer"))
    page = client.get(reverse("review_answer", args=[team.slug, answer.public_id]))
    assert MARKED in page.content.decode()
    listed = client.get(reverse("team_answers", args=[team.slug])).content.decode()
    assert '<span class="dim">provisional</span>' in listed


def test_it_counts_for_no_average(
    client: Client, answer: Answer, candidate: User, team: Team, ticker: Ticker
) -> None:
    now = timezone.now()
    assert overall(candidate, now=now)[1] == cohort(team, now=now).answers == 0
    assert unscored(candidate).waiting == 1
    client.force_login(candidate)
    summary = reverse("session", args=[answer.session.public_id])
    assert client.get(summary).context["overall"] is None
    let_claude_grade(ticker)
    assert overall(candidate, now=now)[1] == cohort(team, now=now).answers == 1
    assert unscored(candidate).waiting == 0
    assert client.get(summary).context["overall"] is not None


def test_the_api_says_so(client: Client, answer: Answer, ticker: Ticker) -> None:
    client.force_login(answer.session.candidate)
    detail = reverse("api:answer", args=[answer.public_id])
    grade = reverse("api:answer_grade", args=[answer.public_id])
    assert [client.get(url).json()["provisional"] for url in (detail, grade)] == [True, True]
    let_claude_grade(ticker)
    assert [client.get(url).json()["provisional"] for url in (detail, grade)] == [False, False]


def test_the_api_finds_it_by_the_state_that_it_shows(client: Client, answer: Answer) -> None:
    client.force_login(answer.session.candidate)

    def count(state: str) -> int:
        return len(client.get(reverse("api:answers"), {"state": state}).json()["results"])

    assert [count("graded"), count("pending")] == [1, 0]


def test_the_api_lists_no_grade_that_is_yet_to_come(client: Client, answer: Answer) -> None:
    client.force_login(answer.session.candidate)
    listed = client.get(reverse("api:answer_grades", args=[answer.public_id])).json()["results"]
    assert [(row["state"], row["provisional"]) for row in listed] == [("graded", True)]


@pytest.fixture
def given_up(answer: Answer, claude_grades: ClaudeApi, ticker: Ticker) -> Answer:
    """Claude is back and declines to judge it."""
    claude_grades.script({"stop": "refusal", "times": 2})
    let_claude_grade(ticker)
    return answer


def test_where_claude_cannot_grade_the_candidate_keeps_the_score_and_reads_why(
    client: Client, given_up: Answer
) -> None:
    changed = page_of(client, given_up, seen="graded-provisional")
    assert KEPT in changed
    assert "The grader declined to judge it." in changed
    assert "The reviewers of North can see it and rule on it. You can try again." in changed
    assert "The grader is in doubt about this answer." not in changed
    assert TO_COME not in changed
    assert "hx-trigger" not in changed
    assert "Could not be graded." in changed  # among earlier verdicts
    assert page_of(client, given_up, seen="graded") == ""


def test_an_open_page_is_told_that_the_provisional_verdict_stays(
    client: Client, given_up: Answer
) -> None:
    client.force_login(given_up.session.candidate)
    address = reverse("verdict_state", args=[given_up.public_id])
    changed = client.get(address, {"seen": "graded-provisional"}, headers={"HX-Request": "true"})
    assert changed.context["reading"].interval == interval_of(first_grade(given_up))
    told = "This answer could not be graded. Its provisional verdict stays."
    assert f'hx-swap-oob="innerHTML">{told}\n</p>' in changed.content.decode()


def test_where_claude_cannot_grade_a_reviewer_is_asked(
    client: Client, given_up: Answer, team: Team
) -> None:
    client.force_login(User.objects.get(username="reviewer"))
    address = reverse("team_answers", args=[team.slug])
    listed = client.get(address, {"state": "person"}).content.decode()
    assert given_up.question.title in listed
    assert '<span class="dim">provisional</span>' in listed
    page = client.get(reverse("review_answer", args=[team.slug, given_up.public_id]))
    desk = page.content.decode()
    assert "The grader declined to judge it." in desk
    assert "A person should look at this." in desk
    assert TO_COME not in desk


def test_where_claude_cannot_grade_it_counts_as_that(
    client: Client, given_up: Answer, candidate: User, team: Team
) -> None:
    now = timezone.now()
    assert overall(candidate, now=now)[1] == cohort(team, now=now).answers == 0
    assert unscored(candidate) == Unscored(waiting=0, ungraded=1)
    client.force_login(candidate)
    today = client.get(reverse("home"))
    assert today.context["opening"] == "Nothing waits for you."
    assert '<span class="dim">provisional</span>' in today.content.decode()


def test_the_api_tells_what_was_kept_and_why(client: Client, given_up: Answer) -> None:
    client.force_login(given_up.session.candidate)
    url = reverse("api:answer_grades", args=[given_up.public_id])
    rows = client.get(url).json()["results"]
    told = [(row["state"], row["provisional"], row["reason"], row["doubts"]) for row in rows]
    assert told == [
        ("graded", True, "", ["given_up"]),
        ("ungraded", False, "refused", []),
        ("graded", True, "", []),
    ]


def test_a_team_without_the_setting_gets_none(
    candidate: User, team: Team, claude_grades: ClaudeApi
) -> None:
    team.provisional_grades = False
    team.save()
    claude_grades.script("unauthorized")
    answer = submit_answer(answer=make_session(candidate, team=team).answers.get(), text=ANSWER)
    run(answer)
    assert Grade.objects.get().state == "pending"
