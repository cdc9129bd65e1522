"""Caps that operators set."""

import re
from dataclasses import replace
from datetime import date

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from grading.llm.calls import CallRecord, Tokens
from grading.models import Account, Grade, OpenCall
from grading.operations.budget import ensure_account, set_cap
from grading.operations.grades import request_grade
from grading.operations.ledger import write_calls
from grading.operations.rubrics import ensure_rubric
from tests.factories import CRITERIA, make_user

pytestmark = pytest.mark.django_db
CALL = CallRecord("claude-haiku-5-5", "claude-1", Tokens(input=250, output=300), 175, 1_900)
KEYS = ("library", "set:1")
LIST = "/admin/grading/account/"


@pytest.fixture
def account() -> Account:
    """It spent $0.00035."""
    found = ensure_account(keys=KEYS)
    assert found is not None
    write_calls(grade_id=None, calls=[CALL, CALL], account_id=found.pk)
    return found


def waiting_grade(number: int = 0) -> Grade:
    rubric = ensure_rubric(question="Why?", reference_answer="Because.", criteria=CRITERIA)
    grade = request_grade(rubric=rubric, text=f"{number}", accounts=KEYS)
    Grade.objects.filter(pk=grade.pk).update(waiting_for="budget")
    return grade


def url_of(account: Account) -> str:
    return f"{LIST}{account.pk}/change/"


def rows_of(client: Client, account: Account) -> dict[str, str]:
    """What the page tells and does not let change, by label."""
    page = client.get(url_of(account)).content.decode()
    found = re.findall(
        r'<label>([^<]*):</label>\s*<div class="readonly">(.*?)</div>', page, re.DOTALL
    )
    return {label: re.sub(r"<[^>]*>", "", value) for label, value in found}


def post(client: Client, account: Account, cap: str, period: str = "month", **more: str) -> str:
    response = client.post(url_of(account), {"cap": cap, "period": period, **more}, follow=True)
    return response.content.decode()


def test_a_cap_is_set_in_dollars_and_taken_away(operator: Client, account: Account) -> None:
    post(operator, account, "2.50", "total")
    account.refresh_from_db()
    assert (account.cap, account.period) == (2_500_000, "total")
    page = operator.get(url_of(account)).content.decode()
    assert re.search(r'<input[^>]*name="cap"[^>]*value="2.50"', page) is not None
    post(operator, account, "")
    account.refresh_from_db()
    assert (account.cap, account.period) == (None, "month")


def test_answers_that_waited_for_it_go_on(
    operator: Client, account: Account, django_capture_on_commit_callbacks: object
) -> None:
    set_cap(keys=KEYS, cap=1, period=Account.Period.MONTH)
    grade = waiting_grade()
    assert callable(django_capture_on_commit_callbacks)
    with django_capture_on_commit_callbacks(execute=True):
        post(operator, account, "10")
    grade.refresh_from_db()
    assert grade.waiting_for == ""


@pytest.mark.parametrize(
    ("cap", "why"),
    [
        ("much", "Write an amount in dollars, such as 25 or 2.50."),
        ("NaN", "Write an amount in dollars, such as 25 or 2.50."),
        ("-1", "A cap cannot be below zero. Leave it empty for none."),
        ("0.0000001", "Ensure that there are no more than 6 decimal places."),
        ("1e400", "Ensure that there are no more than"),
    ],
)
def test_what_is_no_amount_is_refused_with_the_reason(
    operator: Client, account: Account, cap: str, why: str
) -> None:
    set_cap(keys=KEYS, cap=7, period=Account.Period.TOTAL)
    assert why in post(operator, account, cap)
    account.refresh_from_db()
    assert (account.cap, account.period) == (7, "total")


def test_nothing_else_of_an_account_can_be_changed(operator: Client, account: Account) -> None:
    post(operator, account, "1", spent="0", spent_in_month="0", key="team:1", month="2020-01-01")
    found = Account.objects.get(pk=account.pk)
    told = (found.key, found.spent, found.spent_in_month, found.month)
    assert told == (account.key, 350, 350, timezone.now().date().replace(day=1))
    assert operator.get(f"{LIST}add/").status_code == 403
    assert operator.post(f"{LIST}{account.pk}/delete/").status_code == 403


def test_what_is_spent_held_and_left_stands_beside_the_cap(
    operator: Client, account: Account
) -> None:
    assert rows_of(operator, account)["Left"] == "no cap"
    set_cap(keys=KEYS, cap=2_000_000, period=Account.Period.MONTH)
    OpenCall.objects.create(
        account=account, model="claude-haiku-5-5", most=500_000, opened_at=timezone.now()
    )
    waiting_grade()
    told = {
        "Key": "set:1",
        "Parent": "library",
        "Spent this month": "$0.00035",
        "Spent in total": "$0.00035",
        "Held for calls under way": "$0.50",
        "Left": "$1.50",
        "Answers that wait for it": "1",
    }
    assert rows_of(operator, account) == told
    assert account.parent is not None
    told |= {"Key": "library", "Parent": "-", "Left": "no cap", "Answers that wait for it": "0"}
    assert rows_of(operator, account.parent) == told
    set_cap(keys=KEYS[:1], cap=600_000, period=Account.Period.MONTH)  # less is left there
    pages = [rows_of(operator, found) for found in (account.parent, account)]
    assert [page["Answers that wait for it"] for page in pages] == ["1", "0"]


def test_what_no_cap_stops_is_told_before_it_happens_and_after(
    operator: Client, account: Account, settings: Settings
) -> None:
    settings.GRADING_JUDGE = "claude"
    assert "Not counted" not in rows_of(operator, account)
    settings.CLAUDE_STRONG_MODEL = "llama-3<70b"
    told = "No price is known for llama-3&lt;70b, which grades here: no cap stops what it is asked."
    assert rows_of(operator, account)["Not counted"] == told
    unpriced = replace(CALL, micro_dollars=None)
    write_calls(grade_id=None, calls=[unpriced, unpriced], account_id=account.pk)
    told += " 2 calls of this month have no price."
    assert rows_of(operator, account)["Not counted"] == told
    assert account.parent is not None
    assert rows_of(operator, account.parent)["Not counted"] == told
    settings.CLAUDE_STRONG_MODEL = "claude-sonnet-5-5"
    told = "2 calls of this month have no price."
    assert rows_of(operator, account)["Not counted"] == told


def test_a_month_that_is_over_counts_for_nothing(operator: Client, account: Account) -> None:
    set_cap(keys=KEYS, cap=1_000_000, period=Account.Period.MONTH)
    Account.objects.update(month=date(2026, 1, 1))
    rows = rows_of(operator, account)
    assert (rows["Spent this month"], rows["Spent in total"]) == ("$0", "$0.00035")
    assert rows["Left"] == "$1.00"
    set_cap(keys=KEYS, cap=300, period=Account.Period.TOTAL)
    assert rows_of(operator, account)["Left"] == "$0"


def test_who_may_only_look_sees_dollars_too(client: Client, account: Account) -> None:
    user = make_user("guest")
    user.is_staff = True
    user.save()
    user.user_permissions.add(Permission.objects.get(codename="view_account"))
    client.force_login(user)
    set_cap(keys=KEYS, cap=2_500_000, period=Account.Period.MONTH)
    assert rows_of(client, account)["Cap"] == "$2.50"
    assert client.post(url_of(account), {"cap": "9", "period": "month"}).status_code == 403


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_costs_the_same_however_long(
    operator: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        set_cap(keys=("library", f"set:{number}"), cap=number, period=Account.Period.MONTH)
    Account.objects.update(spent=350, spent_in_month=350)
    with django_assert_num_queries(5):
        page = operator.get(LIST).content.decode()
    assert page.count(">$0.00035<") == 2 * (rows + 1)
