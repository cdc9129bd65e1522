"""Budgets: held before a call, counted with the ledger after it. Micro-dollars, whole numbers.

What a call may cost is held in the grade it is for, and lasts as long as the claim on it; where it
is for none, in an `OpenCall`, as long as a lease. Who dies takes nothing with it. Rows are
locked in one order everywhere: the grade or open call, then its accounts, the wider one first.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from grading.judges.base import JudgeUnavailable
from grading.models import Account, Grade
from grading.models.account import month_of
from grading.queries.accounts import held_by_account, path_of

WAITING_FOR_BUDGET: Final = "budget"
LOOK_AGAIN_SECONDS: Final = 3_600.0
# Locked in the order of keys: the wider account is made first.
SPEND: Final = """
    WITH path AS MATERIALIZED (
        SELECT id FROM grading_account
        WHERE id IN (
            SELECT unnest(ARRAY[id, parent_id]) FROM grading_account WHERE id = %(account)s
        )
        ORDER BY id FOR UPDATE
    )
    UPDATE grading_account account SET spent = spent + %(spent)s, month = %(month)s,
        spent_in_month = %(spent)s + CASE month WHEN %(month)s THEN spent_in_month ELSE 0 END
    FROM path WHERE account.id = path.id
"""
ROOM_SOON_SECONDS: Final = 5.0  # calls under way give back what they do not use


class BudgetReached(JudgeUnavailable):
    """The account has no room for the call. The answer waits until the cap is raised, the month
    is over, or, where only calls under way are in the way, a few seconds."""

    def __init__(self, message: str, *, wait_seconds: float, waiting_for: str) -> None:
        super().__init__(message, wait_seconds=wait_seconds)
        self.waiting_for = waiting_for


def ensure_account(*, keys: Sequence[str]) -> Account | None:
    """The account of the last key, inside that of the key before; None without keys.

    `keys` has at most two, the wider one first. An account begins without a cap.
    """
    if not keys:
        return None
    known = Account.objects.filter(key=keys[-1]).first()
    if known is not None:
        return known
    *wider, key = keys
    if len(wider) > 1:
        raise ValueError("An account stands in one other account at most.")
    fresh = {"parent": ensure_account(keys=wider), "month": month_of(timezone.now())}
    return Account.objects.get_or_create(key=key, defaults=fresh)[0]


def set_cap(*, keys: Sequence[str], cap: int | None, period: Account.Period) -> Account:
    """Change how much may be spent, None for no limit; answers that waited for it go on at once."""
    account = ensure_account(keys=keys)
    if account is None:
        raise ValueError("A cap needs an account.")
    account.cap, account.period = cap, period
    account.save(update_fields=["cap", "period"])
    transaction.on_commit(lambda: wake(account_id=account.pk))
    return account


def wake(*, account_id: int) -> int:
    """Let the next sweep announce the answers that wait for this account, or one inside it."""
    due = timezone.now() - timedelta(seconds=settings.GRADE_NUDGE_SECONDS)
    return (
        Grade.objects.filter(state=Grade.State.PENDING, waiting_for=WAITING_FOR_BUDGET)
        .filter(
            Q(submission__account=account_id) | Q(submission__account__parent=account_id),
        )
        .update(waiting_for="", nudged_at=due)
    )


def check_room(
    *, account_id: int | None, micro_dollars: int, now: datetime, held: bool = False
) -> None:
    """Raises `BudgetReached` when a cap leaves no room for a call of so much.

    `held` says that the caller has held it in its grade, in this transaction; another one has to
    hold it before this transaction ends. The accounts stay locked until that can be seen. One
    without a cap is not locked, so nobody waits for it.
    """
    if account_id is None:
        return
    path = path_of(account_id)
    if all(cap is None for cap in path.values_list("cap", flat=True)):
        return
    accounts = list(path.select_for_update())
    holds = held_by_account(accounts)
    more = max(micro_dollars, 1)
    for account in accounts:
        if account.cap is None:
            continue
        spent = account.spent_of_cap(now)
        others = holds[account.pk] - (micro_dollars if held else 0)
        if spent + more > account.cap:
            raise BudgetReached(
                f"The budget of {account.key} is used up.",
                wait_seconds=_until_next_look(account, now),
                waiting_for=WAITING_FOR_BUDGET,
            )
        if spent + others + more > account.cap:
            raise BudgetReached(
                f"The rest of the budget of {account.key} is held by calls under way.",
                wait_seconds=ROOM_SOON_SECONDS,
                waiting_for="",
            )


def count_spent(*, account_id: int, micro_dollars: int, now: datetime) -> None:
    """Add to what was spent, in the transaction that writes the ledger's lines."""
    with connection.cursor() as cursor:
        cursor.execute(
            SPEND, {"account": account_id, "spent": micro_dollars, "month": month_of(now)}
        )


def _until_next_look(account: Account, now: datetime) -> float:
    """An hour, or less when a new month begins before."""
    if account.period == Account.Period.TOTAL:
        return LOOK_AGAIN_SECONDS
    next_month = (month_of(now) + timedelta(days=32)).replace(day=1)
    begins = datetime.combine(next_month, datetime.min.time(), tzinfo=UTC)
    return min(LOOK_AGAIN_SECONDS, (begins - now).total_seconds())
