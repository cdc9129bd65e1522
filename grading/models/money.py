"""Money as it is kept, in micro-dollars, and as people read and write it. It is whole numbers, and
never becomes a fraction."""

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


def in_dollars(micro_dollars: int) -> Decimal:
    """For a form: to the cent, or as exact as it is kept where that is not enough."""
    exact = Decimal(micro_dollars) / MICRO
    return exact.quantize(Decimal("0.01")) if micro_dollars % CENT == 0 else exact


def in_micro_dollars(amount: Decimal) -> int:
    """Exact for up to six places."""
    return int(amount * MICRO)
