"""What accounts spent, from the ledger. Every amount is in whole micro-dollars.

Sums are made by the database, in a number of queries that does not grow with what there is.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, Case, Count, F, Q, QuerySet, Sum, When
from django.db.models.functions import TruncDate

from grading.llm.calls import Tokens
from grading.llm.prices import cost
from grading.models import Account, ModelCall

# The others are priced at the most they can have cost, whatever they had told by then.
CAME_TO_AN_END: Final = Q(error="") & ~Q(stop_reason="none")
PER_ANSWER: Final = """
    SELECT account_id, count(*), coalesce(sum(price), 0), coalesce(sum(price * price), 0),
        count(*) - count(price)
    FROM ({by_grade}) AS answer GROUP BY account_id
"""


@dataclass(frozen=True, slots=True)
class Sums:
    """Lines of the ledger together. `uncached`: what the same tokens cost one by one and without
    the cache; what counts for a reply that nobody saw the end of is in both alike. `batched` of
    the calls came in batches."""

    calls: int = 0
    failed: int = 0
    unpriced: int = 0
    input_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    cache_read_tokens: int = 0
    output_tokens: int = 0
    micro_dollars: int = 0
    uncached: int = 0
    batched: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        names = [field.name for field in fields(self)]
        return Sums(*(getattr(self, name) + getattr(other, name) for name in names))

    @property
    def cacheable_tokens(self) -> int:
        return self.cache_read_tokens + self.cache_write_5m_tokens + self.cache_write_1h_tokens

    @property
    def hit_share(self) -> float | None:
        """Of the tokens that could be read from the cache, 0 to 1; None without any."""
        whole = self.cacheable_tokens
        return self.cache_read_tokens / whole if whole else None

    @property
    def batched_share(self) -> float | None:
        """Of the calls, 0 to 1; None without any."""
        return self.batched / self.calls if self.calls else None

    @property
    def read_share(self) -> float | None:
        """Of all input, 0 to 1; None without any."""
        whole = self.cacheable_tokens + self.input_tokens
        return self.cache_read_tokens / whole if whole else None


@dataclass(frozen=True, slots=True)
class DaySums:
    """What one account spent on one model on one day (UTC)."""

    account_id: int
    model: str
    day: date
    sums: Sums


@dataclass(frozen=True, slots=True)
class PerAnswer:
    """How many answers were called for, what these calls cost one by one, twice what they did in a
    batch, and the sum of the squares of that; `unpriced` of the answers have no call of a known
    price."""

    answers: int = 0
    micro_dollars: int = 0
    squares: int = 0
    unpriced: int = 0

    def __add__(self, other: "PerAnswer") -> "PerAnswer":
        return PerAnswer(
            self.answers + other.answers,
            self.micro_dollars + other.micro_dollars,
            self.squares + other.squares,
            self.unpriced + other.unpriced,
        )

    @property
    def priced(self) -> int:
        """Answers that there is something to go by of."""
        return self.answers - self.unpriced

    def cost_of(self, more: int) -> tuple[int, int]:
        """What so many more will cost, and the variance of that: the spread of a sum of so many,
        and that the mean is itself known from so many only. Nothing where no price is known."""
        if not self.priced:
            return 0, 0
        mean = _rounded(self.micro_dollars, self.priced)
        variance = max(self.squares // self.priced - mean**2, 0)
        return mean * more, variance * more * (self.priced + more) // self.priced


def in_month(month: date) -> Q:
    """Lines of the calendar month (UTC) that begins on that day."""
    first = datetime(month.year, month.month, 1, tzinfo=UTC)
    after = (first + timedelta(days=32)).replace(day=1)
    return Q(created_at__gte=first, created_at__lt=after)


def calls_of(accounts: Collection[Account], month: date) -> QuerySet[ModelCall]:
    """What they called in the calendar month that begins on that day."""
    return ModelCall.objects.filter(in_month(month), account__in=accounts)


def unpriced_calls(accounts: Collection[Account], month: date) -> int:
    """How many of the month's calls count for no cap, as no price is known of them."""
    return calls_of(accounts, month).filter(micro_dollars=None).count()


def sums_by_day(calls: QuerySet[ModelCall]) -> list[DaySums]:
    """By account, model and day, in this order."""
    rows = (
        calls.order_by()
        .annotate(day=TruncDate("created_at", tzinfo=UTC), ended=CAME_TO_AN_END)
        .values("account_id", "model", "day", "ended")
        .annotate(
            calls=Count("pk"),
            failed=Count("pk", filter=~Q(error="")),
            unpriced=Count("pk", filter=Q(micro_dollars=None)),
            sum_input=Sum("input_tokens"),
            sum_write_5m=Sum("cache_write_5m_tokens"),
            sum_write_1h=Sum("cache_write_1h_tokens"),
            sum_read=Sum("cache_read_tokens"),
            sum_output=Sum("output_tokens"),
            price=Sum("micro_dollars"),
            batched_calls=Count("pk", filter=Q(batched=True)),
        )
        .order_by("account_id", "model", "day")
    )
    found: dict[tuple[int, str, date], Sums] = defaultdict(Sums)
    for row in rows:
        found[row["account_id"], row["model"], row["day"]] += _sums_of(row)
    return [DaySums(*key, sums) for key, sums in found.items()]


def answers_by_model(calls: QuerySet[ModelCall]) -> dict[tuple[int, str], int]:
    """How many answers each account asked each model about."""
    rows = (
        calls.filter(grade__isnull=False)
        .order_by()
        .values_list("account_id", "model")
        .annotate(answers=Count("grade", distinct=True))
    )
    return {(account_id, model): answers for account_id, model, answers in rows if account_id}


def per_answer(calls: QuerySet[ModelCall]) -> dict[int, PerAnswer]:
    """By account, over all its answers, each with all its calls, failed ones too."""
    price = F("micro_dollars")
    one_by_one = Case(
        When(batched=True, then=2 * price), default=price, output_field=BigIntegerField()
    )
    by_grade = (
        calls.filter(grade__isnull=False)
        .order_by()
        .values("account_id", "grade")
        .annotate(price=Sum(one_by_one))
    )
    try:
        inner, values = by_grade.query.sql_with_params()
    except EmptyResultSet:  # there is no account
        return {}
    with connection.cursor() as cursor:
        cursor.execute(PER_ANSWER.format(by_grade=inner), values)
        return {
            account_id: PerAnswer(answers, int(price), int(squares), unpriced)
            for account_id, answers, price, squares, unpriced in cursor.fetchall()
        }


def failures_of(calls: QuerySet[ModelCall]) -> list[tuple[str, int, int]]:
    """(code, calls, micro-dollars) of what failed, the most frequent first."""
    rows = (
        calls.exclude(error="")
        .order_by()
        .values_list("error")
        .annotate(count=Count("pk"), price=Sum("micro_dollars"))
        .order_by("-count", "error")
    )
    return [(error, count, price or 0) for error, count, price in rows]


def latest_calls(accounts: Collection[Account], limit: int) -> list[ModelCall]:
    return list(
        ModelCall.objects.filter(account__in=accounts).order_by("-created_at", "-pk")[:limit]
    )


def _sums_of(row: Mapping[str, Any]) -> Sums:
    told = Tokens(
        input=row["sum_input"],
        cache_write_5m=row["sum_write_5m"],
        cache_write_1h=row["sum_write_1h"],
        cache_read=row["sum_read"],
        output=row["sum_output"],
    )
    plain = Tokens(input=told.input + told.cache_write + told.cache_read, output=told.output)
    price, model, day = row["price"] or 0, row["model"], row["day"]
    untold = 0 if row["ended"] else max(price - (cost(model, told, on=day) or 0), 0)
    return Sums(
        row["calls"],
        row["failed"],
        row["unpriced"],
        told.input,
        told.cache_write_5m,
        told.cache_write_1h,
        told.cache_read,
        told.output,
        price,
        (cost(model, plain, on=day) or 0) + untold,
        row["batched_calls"],
    )


def _rounded(amount: int, parts: int) -> int:
    """Half up."""
    return (2 * amount + parts) // (2 * parts)
