"""What the spend page says in words and draws."""

from calendar import monthrange
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.formats import date_format

from grading.models.money import dollars
from grading.queries.forecast import Answered
from interview.queries.spend import Budget, ModelRow, SetRow, TeamSpend
from interview.web.charts.columns import Column, ColumnChart, column_chart
from interview.web.money import exact_dollars, month_after, per_thousand

SHOWN_MODELS: Final = 3
ROOM: Final = 2  # days between a label and the last one
OTHERS: Final = "other models"
FAILURES: Final = {
    "rate_limited": "asked to go slower",
    "overloaded": "overloaded",
    "server_error": "the server failed",
    "timeout": "no answer in time, counted at the most",
    "request_timeout": "the server took too long to read",
    "connection": "the connection was lost, counted at the most",
    "stream_broken": "broke off in the middle, counted at the most",
    "conflict": "busy with a conflicting request",
    "key_refused": "the API key was refused",
    "payment_required": "no credit left",
    "not_permitted": "the key may not use the model",
    "not_found": "the model was not found",
    "spend_limit": "the spend limit of the API",
    "bad_request": "not understood",
    "too_large": "too large",
    "unprocessable": "not to be processed",
    "worker_lost": "nobody saw its end, counted at the most",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table by set and model; `rows`: how many the set takes, 0 but for its first.
    Without a price nothing is known of what its calls cost, and they are not free."""

    title: str
    rows: int
    found: ModelRow
    per_thousand: int | None
    uncached: int | None

    @property
    def priced(self) -> bool:
        return self.found.sums.unpriced < self.found.sums.calls


def lines_of(sets: list[SetRow]) -> list[Line]:
    return [
        Line(
            row.title,
            len(row.models) if place == 0 else 0,
            found,
            per_thousand(found.sums.micro_dollars, found.answers),
            per_thousand(found.sums.uncached, found.answers),
        )
        for row in sets
        for place, found in enumerate(row.models)
    ]


def day_chart(spend: TeamSpend, today: date) -> ColumnChart:
    """A column a day of the month, as far as it has come."""
    by_model: Counter[str] = Counter()
    for models in spend.days.values():
        for model, sums in models.items():
            by_model[model] += sums.micro_dollars
    names = [model for model, _ in by_model.most_common()]
    shown = names if len(names) <= SHOWN_MODELS else [*names[: SHOWN_MODELS - 1], OTHERS]
    last = monthrange(spend.month.year, spend.month.month)[1]
    if spend.month == today.replace(day=1):
        last = today.day
    columns = []
    for number in range(1, last + 1):
        day = spend.month.replace(day=number)
        parts: Counter[str] = Counter()
        for model, sums in spend.days.get(day, {}).items():
            parts[model if model in shown else OTHERS] += sums.micro_dollars
        columns.append(
            Column(
                date_format(day, "j F"),
                tuple(parts[name] for name in shown),
                _short(day, last),
            )
        )
    return column_chart(shown, columns, word=exact_dollars)


def chart_words(chart: ColumnChart, month: date) -> str:
    """The chart in a sentence or two, for who does not see it."""
    with_calls = [column for column in chart.columns if column.total]
    if not with_calls:
        return "Nothing was spent."
    most = max(with_calls, key=lambda column: column.total)
    days = f"{len(with_calls)} day{'s' if len(with_calls) != 1 else ''}"
    peak = f"Most on {most.label}: {dollars(most.total)}."
    return f"{days} with calls in {date_format(month, 'F')}. {peak}"


def failure_words(failures: list[tuple[str, int, int]]) -> list[tuple[str, str, int, int]]:
    """(words, code, calls, micro-dollars)"""
    return [(FAILURES.get(code, code), code, count, price) for code, count, price in failures]


def goes_by_words(goes_by: Sequence[Answered], this_month: date) -> str:
    """What a forecast goes by: "the 12 of this month and, where a set had none yet, the 30 of
    October 2026"."""
    present = [f"the {answers} of this month" for month, answers in goes_by if month == this_month]
    earlier = " and ".join(
        f"the {answers} of {date_format(month, 'F Y')}"
        for month, answers in goes_by
        if month != this_month
    )
    if not present:
        return f"{earlier}, the latest there are" if earlier else ""
    return f"{present[0]} and, where a set had none yet, {earlier}" if earlier else present[0]


def budget_words(budget: Budget, month: date) -> str:
    """ "Budget $40, begins anew on 1 December" """
    if budget.cap is None:
        return "No cap is set"
    if budget.period == "total":
        return f"Budget {dollars(budget.cap)} in total"
    return f"Budget {dollars(budget.cap)}, begins anew on {date_format(month_after(month), 'j F')}"


def _short(day: date, last: int) -> str:
    """The first day in full, then every so many, not too near to the last."""
    if day.day == 1:
        return date_format(day, "j M")
    if day.day == last or (day.day % 10 == 0 and last - day.day > ROOM):
        return str(day.day)
    return ""
