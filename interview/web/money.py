"""Money for people, beyond the amounts themselves: estimates, charts, rates, months."""

from datetime import date, timedelta

from grading.models.money import CENT, MICRO, dollars


def about_dollars(micro_dollars: int | None) -> str:
    """An estimate: below one cent two digits say all that is known, "$0.0025"."""
    if micro_dollars is None or micro_dollars >= CENT:
        return dollars(micro_dollars)
    unit = 10 ** max(len(str(micro_dollars)) - 2, 0)
    return dollars((micro_dollars + unit // 2) // unit * unit)


def exact_dollars(micro_dollars: int) -> str:
    """ "$0.015", "$2.00": nothing rounded away, so that the lines of a chart lie where they say."""
    whole, part = divmod(micro_dollars, MICRO)
    return f"${whole:,}." + f"{part:06d}".rstrip("0").ljust(2, "0")


def per_thousand(micro_dollars: int, answers: int) -> int | None:
    """What a thousand answers cost at this rate, half up; None without any."""
    return (2_000 * micro_dollars + answers) // (2 * answers) if answers else None


def month_before(month: date) -> date:
    """Months are their first days."""
    return (month - timedelta(days=1)).replace(day=1)


def month_after(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)
