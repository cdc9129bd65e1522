from datetime import UTC, date, datetime

from django.db import models


def month_of(moment: datetime) -> date:
    """The first day of its calendar month, in UTC, as prices and ledger days are."""
    return moment.astimezone(UTC).date().replace(day=1)


class Account(models.Model):
    """Whose money a call is, and how much of it there may be. Every amount is in micro-dollars.

    The key is a plain label ("team:7") that means something to whoever asks for grades. An account
    inside another one draws on both: their caps hold together. `spent` and `spent_in_month` are
    what the ledger adds up to; what is held for calls under way stands in ``Grade.reserved`` and in
    ``OpenCall``.
    Written by ``operations.budget`` alone.
    """

    class Period(models.TextChoices):
        MONTH = "month", "a calendar month"
        TOTAL = "total", "in total"

    key = models.CharField(max_length=64, unique=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts"
    )
    cap = models.PositiveBigIntegerField(null=True, blank=True, help_text="Empty: no limit.")
    period = models.CharField(max_length=8, choices=Period.choices, default=Period.MONTH)
    spent = models.PositiveBigIntegerField(default=0)
    spent_in_month = models.PositiveBigIntegerField(default=0)
    month = models.DateField(help_text="The first day of the month of spent_in_month.")

    def __str__(self) -> str:
        return self.key

    def spent_of_cap(self, now: datetime) -> int:
        """What counts against the cap: nothing yet in a month without a call."""
        return self.spent if self.period == self.Period.TOTAL else self.spent_in(now)

    def spent_in(self, now: datetime) -> int:
        """In the calendar month of that moment."""
        return self.spent_in_month if self.month == month_of(now) else 0
