"""Calls that are for no grade: written down before they are made, as a grade's are in the grade."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from grading.llm.calls import CallRecord, Request
from grading.models import OpenCall
from grading.operations.budget import check_room
from grading.operations.ledger import lost_call, opened, write_calls, write_late


class Tab:
    """What is called for no grade, one call at a time; `find_account` tells whose account pays.

    Each method commits what it does, so that a process that is killed leaves what it had opened: no
    transaction may be open around them. They fit into `judges.hooks.Hooks`.
    """

    def __init__(self, find_account: Callable[[], int | None]) -> None:
        self._find_account = find_account
        self._open: OpenCall | None = None

    def open(self, request: Request) -> None:
        """Before a call: note it and hold what it may cost. Raises `BudgetReached`."""
        account_id, now, call = self._find_account(), timezone.now(), opened(request)
        with transaction.atomic(durable=True):
            check_room(account_id=account_id, micro_dollars=call["most"] or 0, now=now)
            self._open = OpenCall.objects.create(account_id=account_id, opened_at=now, **call)

    def settle(self, record: CallRecord) -> None:
        """After it, whether it worked or not: its line takes the place of the note, or of the line
        that says it is lost."""
        call = self._take()
        with transaction.atomic(durable=True):
            if _remove(call):
                write_calls(grade_id=None, calls=[record], account_id=call.account_id)
            else:
                write_late(grade_id=None, calls=[record], account_id=call.account_id, claim=call.pk)

    def drop(self) -> None:
        """The call is not made after all."""
        _remove(self._take())

    def _take(self) -> OpenCall:
        call, self._open = self._open, None
        if call is None:
            raise RuntimeError("No call is open.")
        return call


def give_up_open_calls(*, ran_out: datetime) -> None:
    """Calls that were opened before that and are open still: nobody knows what became of them."""
    stale = OpenCall.objects.filter(opened_at__lt=ran_out)
    for key in list(stale.values_list("pk", flat=True)):
        with transaction.atomic():
            call = stale.select_for_update(skip_locked=True).filter(pk=key).first()
            if call is not None:
                _remove(call)
                write_calls(
                    grade_id=None,
                    calls=[lost_call(call.model, call.most)],
                    account_id=call.account_id,
                    lost_claim=call.pk,
                )


def _remove(call: OpenCall) -> bool:
    """Whether it was there still."""
    return bool(OpenCall.objects.filter(pk=call.pk).delete()[0])
