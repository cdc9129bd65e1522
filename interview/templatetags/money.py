"""Amounts and shares of the spend page."""

from django import template

from grading.models.money import dollars
from interview.web.money import about_dollars

register = template.Library()
register.filter("dollars", dollars)
register.filter("about_dollars", about_dollars)


@register.filter
def tenths(share: float | None) -> str:
    """A share of 0..1 as "98.6%"; none is "none"."""
    return "none" if share is None else f"{share * 100:.1f}%"
