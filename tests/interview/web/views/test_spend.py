import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from grading.llm.calls import CallRecord, Tokens
from grading.models import Account, Grade, ModelCall
from grading.operations.ledger import write_calls
from interview.models import Role, Team, User
from interview.operations.budgets import Cap, set_caps
from interview.operations.teams import set_role
from interview.queries.spend import team_budgets, team_spend
from tests.factories import (
    first_grade,
    make_answer,
    make_follow_up,
    make_half_answer,
    make_published_set,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db
HAIKU = "claude-haiku-5-5"
FOLLOWER = CallRecord(
    HAIKU,
    "claude-1",
    Tokens(input=250, cache_read=2_700, output=300),
    micro_dollars=202,
    milliseconds=1_900,
    stop_reason="end_turn",
)
FAILED = CallRecord(HAIKU, "claude-1", Tokens(), 0, 200, error="overloaded")
URL = "/teams/north/spend/"


@pytest.fixture
def candidate() -> User:
    return make_user("ada")


@pytest.fixture
def team(candidate: User) -> Team:
    return make_team("north", admin=make_user("bo"), candidate=candidate)


@pytest.fixture
def admin(client: Client, team: Team) -> Client:
    client.force_login(User.objects.get(username="bo"))
    return client


def answered(candidate: User, team: Team, *calls: CallRecord, slug: str = "attention") -> Grade:
    """An answer to a set of the team's, with these calls in the ledger."""
    version = make_published_set(team=team, slug=slug)
    grade = first_grade(make_answer(candidate, version=version, team=team))
    write_calls(grade_id=grade.pk, calls=calls)
    return grade


def text_of(client: Client, url: str = URL) -> str:
    response = client.get(url)
    assert response.status_code == 200
    body = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def test_the_page_tells_what_was_spent_and_what_the_cache_saved(
    admin: Client, team: Team, candidate: User
) -> None:
    answered(candidate, team, FOLLOWER, FAILED)
    page = text_of(admin)
    assert "$0.000202 spent on 1 answer. Without the cache it would have been $0.000445." in page
    assert "in 2 calls, 1 of which failed" in page
    assert "100.0% of the tokens that could be; 91.5% of all input" in page
    assert "Per 1,000 answers $0.20 all calls in it, against $0.45 without the cache" in page
    assert "Attention claude-haiku-5-5 1 100.0% $0.20 $0.45 $0.000202" in page
    assert "Overloaded overloaded 1 $0" in page


def test_the_share_of_batched_calls_is_told(admin: Client, team: Team, candidate: User) -> None:
    answered(candidate, team, FOLLOWER, replace(FOLLOWER, micro_dollars=101, batched=True))
    page = text_of(admin)
    assert "in 2 calls, 50.0% in batches at half price" in page
    assert "Without the cache and batches it would have been $0.00089." in page


def test_what_waits_has_a_price(admin: Client, team: Team, candidate: User) -> None:
    answered(candidate, team, FOLLOWER)
    page = text_of(admin)
    assert "Grading them will cost about $0.0002 , if they are like the 1 of this month" in page


def test_answers_to_follow_ups_are_answers_and_their_questions_money_alone(
    admin: Client, team: Team, candidate: User
) -> None:
    version = make_published_set(team=team)
    first = make_half_answer(candidate, version=version, team=team)
    reply = make_follow_up(first, text="")
    for answer in (first, reply):
        write_calls(grade_id=first_grade(answer).pk, calls=[FOLLOWER])
    assert first.submission is not None
    write_calls(grade_id=None, calls=[FOLLOWER], account_id=first.submission.account_id)
    page = text_of(admin)
    assert "$0.000606 spent on 2 answers." in page
    assert "in 3 calls" in page
    assert "Answers to follow-ups count like others" in page


def test_a_month_of_tries_is_spent_on_no_answers(admin: Client, team: Team) -> None:
    set_caps(team=team, caps=[Cap(None, 1_000_000, "month")])
    account = Account.objects.get(key=f"team:{team.pk}")
    write_calls(grade_id=None, calls=[FOLLOWER], account_id=account.pk)
    assert "$0.000202 spent. Without the cache" in text_of(admin)


def test_a_call_of_a_batch_took_no_time_of_its_own(
    admin: Client, team: Team, candidate: User
) -> None:
    answered(candidate, team, FOLLOWER, replace(FOLLOWER, milliseconds=0, batched=True))
    page = text_of(admin)
    assert "300 1.9 s $0.000202 end_turn" in page
    assert "300 batch $0.000202 end_turn" in page


def test_a_month_without_calls_says_so(admin: Client) -> None:
    assert "Nothing was spent in" in text_of(admin)
    assert admin.get(f"{URL}?month=2026-13").status_code == 404
    assert admin.get(f"{URL}?month=2999-01").status_code == 404
    assert admin.get(f"{URL}?month=' or 1").status_code == 404


def test_an_earlier_month_shows_its_own_calls(admin: Client, team: Team, candidate: User) -> None:
    answered(candidate, team, FOLLOWER)
    ModelCall.objects.update(created_at=datetime(2026, 1, 31, 23, 59, tzinfo=UTC))
    assert "Nothing was spent in" in text_of(admin)
    assert "$0.000202 spent on 1 answer" in text_of(admin, f"{URL}?month=2026-01")
    assert "Nothing was spent in February 2026" in text_of(admin, f"{URL}?month=2026-02")


def post(client: Client, team: Team, **changes: str) -> int:
    """Send the form as it stands, with these changes."""
    fields: dict[str, str] = {}
    for budget in team_budgets(team, now=timezone.now()):
        prefix = f"set-{budget.question_set.pk}" if budget.question_set else "team"
        cap = "" if budget.cap is None else f"{budget.cap / 1e6:.2f}"
        fields |= {f"{prefix}-cap": cap, f"{prefix}-period": budget.period}
    return client.post(URL, fields | changes).status_code


def test_a_cap_is_set_raised_and_taken_away(admin: Client, team: Team, candidate: User) -> None:
    grade = answered(candidate, team)
    assert post(admin, team, **{"team-cap": "2.50", "team-period": "total"}) == 302
    account = Account.objects.get(key=f"team:{team.pk}")
    assert (account.cap, account.period) == (2_500_000, "total")
    question_set = team.question_sets.get()
    assert post(admin, team, **{f"set-{question_set.pk}-cap": "0.29"}) == 302
    assert grade.submission.account is not None
    grade.submission.account.refresh_from_db()
    assert grade.submission.account.cap == 290_000
    assert post(admin, team, **{"team-cap": ""}) == 302
    account.refresh_from_db()
    assert account.cap is None


def test_a_cap_may_be_as_fine_as_the_amounts_beside_it(admin: Client, team: Team) -> None:
    assert post(admin, team, **{"team-cap": "0.000202"}) == 302
    assert Account.objects.get(key=f"team:{team.pk}").cap == 202
    tag = re.search(r'<input[^>]*name="team-cap"[^>]*>', admin.get(URL).content.decode())
    assert tag is not None
    # a browser refuses what does not fit the step, this row's own amount included
    assert ('value="0.000202"' in tag[0], 'step="any"' in tag[0]) == (True, True)
    assert post(admin, team, **{"team-cap": "0.0000001"}) == 422


@pytest.mark.parametrize("cap", ["-1", "much", "1e400", "NaN"])
def test_what_is_no_amount_changes_nothing(admin: Client, team: Team, cap: str) -> None:
    assert post(admin, team, **{"team-cap": cap}) == 422
    assert not Account.objects.exists()


def test_a_budget_that_is_used_up_is_told_with_what_waits(
    admin: Client, team: Team, candidate: User
) -> None:
    grade = answered(candidate, team, FOLLOWER)
    Grade.objects.filter(pk=grade.pk).update(waiting_for="budget")
    set_caps(team=team, caps=[Cap(None, 100, "month")])
    assert "North as a whole: $0.000202 of $0.0001. 1 answer waits for it" in text_of(admin)


def test_a_budget_with_too_little_left_for_a_call_is_told_as_well(
    admin: Client, team: Team, candidate: User
) -> None:
    """What a call did cost is less than what had to fit before it, so caps are not spent to the
    last micro-dollar."""
    narrow, wide = (answered(candidate, team, FOLLOWER, slug=slug) for slug in ("narrow", "wide"))
    only = team.question_sets.get(slug="narrow")
    set_caps(team=team, caps=[Cap(None, 10_000, "month"), Cap(only, 1_000, "month")])
    assert "Grading is paused" not in text_of(admin)
    Grade.objects.filter(pk=narrow.pk).update(waiting_for="budget")
    page = text_of(admin)
    assert "no room for another call. “Narrow”: $0.000202 of $0.001. 1 answer waits" in page
    Grade.objects.filter(pk=wide.pk).update(waiting_for="budget")
    page = text_of(admin)
    assert "North as a whole: $0.000404 of $0.01; “Narrow”: $0.000202 of $0.001. 2 answers" in page


def test_a_model_that_no_cap_stops_is_told_beside_the_caps(
    admin: Client, team: Team, settings: Settings
) -> None:
    settings.GRADING_JUDGE = "claude"
    make_published_set(team=team, slug="own")
    assert "known price" not in text_of(admin)
    team.question_sets.update(grading={"first": "qwen-3"})
    page = text_of(admin)
    assert "No price is known for qwen-3, which grades “Own”." in page
    assert "Its calls count for nothing, and no cap here stops them." in page
    settings.CLAUDE_STRONG_MODEL = "llama-3<70b"
    page = admin.get(URL).content.decode()
    assert "No price is known for llama-3&lt;70b, which grades here" in page
    assert page.count("No price is known for") == 2


def test_calls_without_a_price_are_said_not_to_count(
    admin: Client, team: Team, candidate: User
) -> None:
    answered(candidate, team, replace(FOLLOWER, model="qwen-3", micro_dollars=None), slug="own")
    page = text_of(admin)
    assert "1 call without a known price on 1 answer." in page
    assert "Per 1,000 answers" not in page
    answered(candidate, team, FOLLOWER)
    page = text_of(admin)
    assert "in 2 calls; 1 without a known price, not counted" in page
    assert "Per 1,000 answers $0.20 all calls of a known price in it" in page
    assert "qwen-3 1 100.0% no price" in page


def test_the_candidate_is_told_kindly(client: Client, team: Team, candidate: User) -> None:
    grade = answered(candidate, team)
    Grade.objects.filter(pk=grade.pk).update(waiting_for="budget")
    client.force_login(candidate)
    page = text_of(client, f"/answers/{grade.submission.answer.public_id}/")
    assert "What may be spent on grading is used up for now." in page
    assert "$" not in page


def test_practice_on_the_library_is_no_teams_money(team: Team, candidate: User) -> None:
    grade = first_grade(make_answer(candidate, version=make_published_set()))
    write_calls(grade_id=grade.pk, calls=[FOLLOWER])
    assert grade.submission.account is not None
    assert grade.submission.account.key.startswith("set:")
    now = timezone.now()
    assert team_spend(team, month=now.date().replace(day=1), now=now).total.calls == 0


def test_a_library_set_that_two_teams_sit_is_two_budgets(team: Team, candidate: User) -> None:
    south = make_team("south", candidate=candidate)
    version = make_published_set(slug="shared")
    for payer in (team, south):
        grade = first_grade(make_answer(candidate, version=version, team=payer))
        write_calls(grade_id=grade.pk, calls=[FOLLOWER])
    month = timezone.now().date().replace(day=1)
    for payer in (team, south):
        spend = team_spend(payer, month=month, now=timezone.now())
        assert (spend.total.micro_dollars, spend.sets[0].title) == (202, "Shared")
        assert len(team_budgets(payer, now=timezone.now())) == 2


@pytest.mark.parametrize("role", [Role.CANDIDATE, Role.INTERVIEWER, Role.REVIEWER])
def test_only_admins_of_the_team_see_money(client: Client, team: Team, role: Role) -> None:
    person = make_user("cy")
    set_role(team=team, user=person, role=role)
    client.force_login(person)
    assert client.get(URL).status_code == 403
    assert client.post(URL, {"team-cap": "1", "team-period": "month"}).status_code == 403
    assert not Account.objects.exists()


def count_queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(URL).status_code == 200
    return len(captured)


def test_twenty_sets_take_as_many_queries_as_one(
    admin: Client, team: Team, candidate: User
) -> None:
    answered(candidate, team, FOLLOWER, slug="first")
    with_one = count_queries(admin)
    for number in range(19):
        grade = answered(candidate, team, FOLLOWER, FAILED, slug=f"set-{number}")
        age = timedelta(minutes=number)
        ModelCall.objects.filter(grade=grade).update(created_at=timezone.now() - age)
    assert count_queries(admin) == with_one == 17
