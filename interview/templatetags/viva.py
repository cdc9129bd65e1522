"""What our templates may ask for: Markdown, verdicts as shapes and words, where one is."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from interview.web.charts import Interval
from interview.web.markdown import render_markdown

register = template.Library()


@dataclass(frozen=True, slots=True)
class Face:
    """How a verdict looks: the name of its shape and colour, and its word."""

    css: str
    word: str


_FACES = {
    "met": Face("met", "met"),
    "partial": Face("partial", "partial"),
    "not_met": Face("missed", "missed"),
    "contradicted": Face("contra", "contradicted"),
}
_CLEAR = Face("clear", "not claimed")  # a misconception that the answer does not assert
_TEAM_PAGES = (
    ("view_answers", "team_answers", "Answers"),
    ("edit_sets", "team_sets", "Sets"),
    ("view_team_progress", "team_progress", "Team"),
)


@dataclass(frozen=True, slots=True)
class TeamLink:
    name: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class TeamLinks:
    team: Any
    links: tuple[TeamLink, ...]


@register.filter
def markdown(text: str | None) -> SafeString:
    return render_markdown(text or "")


@register.filter
def percent(share: float | None) -> int | None:
    """A share of 0..1 as a whole number of 0..100; nothing stays nothing."""
    return None if share is None else round(float(share) * 100)


@register.filter
def face(verdict: Any) -> Face:
    """The Face of a mark ("met") or of anything with ``.mark`` and ``.criterion.kind``."""
    mark = str(getattr(verdict, "mark", verdict))
    kind = getattr(getattr(verdict, "criterion", None), "kind", "")
    return _CLEAR if mark == "not_met" and kind == "misconception" else _FACES[mark]


@register.filter
def marks_summary(verdicts: Iterable[Any]) -> str:
    """ "3 met, 1 partial, 2 missed": what a row of marks says in words."""
    counts = Counter(face(verdict).word for verdict in verdicts)
    words = (*(known.word for known in _FACES.values()), _CLEAR.word)
    return ", ".join(f"{counts[word]} {word}" for word in words if counts[word])


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """One symbol of components/icons.html, hidden from screen readers: put a word beside it."""
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="#i-{}"/></svg>',
        f" {css}" if css else "",
        name,
    )


@register.simple_tag
def interval(
    estimate: float, low: float | str | None = None, high: float | str | None = None
) -> Interval:
    """Where a band begins and how wide it is; all three in percent."""
    # A variable that a template was not given arrives as "".
    return Interval.around(
        estimate,
        None if isinstance(low, str) else low,
        None if isinstance(high, str) else high,
    )


@register.simple_tag(takes_context=True)
def nav_current(context: Context, *names: str, team: str = "") -> str:
    """``aria-current="page"`` when the page is one of these URL names (of this team, if given)."""
    match = getattr(context.get("request"), "resolver_match", None)
    if match is None or match.url_name not in names:
        return ""
    if team and match.kwargs.get("team") != team:
        return ""
    return format_html('aria-current="{}"', "page")


@register.simple_tag
def team_links(memberships: Iterable[Any] | None) -> list[TeamLinks]:
    """The team rooms that are open to a person, by team; teams without any are left out."""
    found = []
    for membership in memberships or ():
        links = tuple(
            TeamLink(name, label, reverse(name, kwargs={"team": membership.team.slug}))
            for permission, name, label in _TEAM_PAGES
            if permission in membership.can
        )
        if links:
            found.append(TeamLinks(membership.team, links))
    return found
