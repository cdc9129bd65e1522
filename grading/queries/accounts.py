"""Accounts: which hang together, what is held in them, and who waits for room."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, Q, QuerySet, Sum

from grading.models import Account, Grade, OpenCall


def path_of(account_id: int) -> QuerySet[Account]:
    """The account and the one it stands in, the wider first."""
    wider = Account.objects.filter(pk=account_id).values("parent")
    return Account.objects.filter(Q(pk=account_id) | Q(pk__in=wider)).order_by("pk")


def held_by_account(accounts: Collection[Account]) -> dict[int, int]:
    """What calls under way may still cost, by account, accounts inside it included."""
    held = {account.pk: 0 for account in accounts}
    for_grades = (
        Grade.objects.filter(reserved__gt=0)
        .filter(
            Q(submission__account__in=accounts) | Q(submission__account__parent__in=accounts),
        )
        .values_list("submission__account", "submission__account__parent")
        .annotate(Sum("reserved"))
        .order_by()
    )
    for_none = (
        OpenCall.objects.filter(most__gt=0)
        .filter(Q(account__in=accounts) | Q(account__parent__in=accounts))
        .values_list("account", "account__parent")
        .annotate(Sum("most"))
        .order_by()
    )
    rows = for_grades.union(for_none, all=True)
    for account_id, parent_id, reserved in rows:
        for key in {account_id, parent_id} & held.keys():
            held[key] += reserved
    return held


def waiting_by_account(
    accounts: Collection[Account], held: dict[int, int], now: datetime
) -> Counter[int]:
    """How many answers wait for room, by the account that has none for them. `held` is by account.

    Where two caps hold, it is the one with less left: if any has no room, that one has not.
    """
    known = {account.pk: account for account in accounts}
    rows = (
        Grade.objects.filter(
            state=Grade.State.PENDING, waiting_for="budget", submission__account__in=accounts
        )
        .values_list("submission__account", "submission__account__parent")
        .annotate(Count("pk"))
        .order_by()
    )
    found = Counter[int]()
    for *path, count in rows:
        left = {
            pk: account.cap - account.spent_of_cap(now) - held[pk]
            for pk in path
            if (account := known.get(pk)) is not None and account.cap is not None
        }
        if left:
            found[min(left, key=left.__getitem__)] += count
    return found


def waiting_at(account: Account, now: datetime) -> int:
    """How many answers wait because this account has no room for them."""
    wider = [account.parent] if account.parent else []
    accounts = [*wider, *accounts_within(account.key)]
    return waiting_by_account(accounts, held_by_account(accounts), now)[account.pk]


def accounts_within(key: str) -> list[Account]:
    """The account of that key and those inside it, the wider first; empty when there is none."""
    found = Account.objects.filter(Q(key=key) | Q(parent__key=key)).select_related("parent")
    return list(found.order_by("pk"))
