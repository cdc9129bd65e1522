"""Money for people. It is kept in micro-dollars, whole numbers, and never becomes a fraction."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

MICRO: Final = 1_000_000
CENT: Final = 10_000


def dollars(micro_dollars: int | None) -> str:
    """ "$1,204.50" to the cent; below one cent as exact as it is kept, "$0.000202"."""
    if micro_dollars is None:
        return "no price"
    if micro_dollars == 0:
        return "$0"
    if micro_dollars < CENT:
        return "$0." + f"{micro_dollars:06d}".rstrip("0")
    cents = (micro_dollars + CENT // 2) // CENT
    return f"${cents // 100:,}.{cents % 100:02d}"


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


def in_dollars(micro_dollars: int) -> Decimal:
    """For a form: to the cent, or as exact as it is kept where that is not enough."""
    exact = Decimal(micro_dollars) / MICRO
    return exact.quantize(Decimal("0.01")) if micro_dollars % CENT == 0 else exact


def in_micro_dollars(amount: Decimal) -> int:
    """Exact for up to six places."""
    return int(amount * MICRO)


def per_thousand(micro_dollars: int, answers: int) -> int | None:
    """What a thousand answers cost at this rate, half up; None without any."""
    return (2_000 * micro_dollars + answers) // (2 * answers) if answers else None


def month_before(month: date) -> date:
    """Months are their first days."""
    return (month - timedelta(days=1)).replace(day=1)


def month_after(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)
