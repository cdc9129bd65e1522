"""What our templates may ask for: Markdown, verdicts as shapes and words, where one is."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince

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
_EDITOR_PAGES = {
    *("set_new", "set_edit", "set_import", "set_import_confirm"),
    *("set_publish", "draft_discard", "question_new", "question_edit", "question_delete"),
    "set_regrade",
    "set_grading",
    "past_answers",
    "past_answers_import",
    "past_answers_confirm",
}
_TEAM_ROOMS = (
    # permission, way in, its word, and the pages that lie behind it
    ("view_answers", "team_answers", "Answers", {"review_answer"}),
    ("edit_sets", "team_sets", "Sets", _EDITOR_PAGES),
    ("view_team_progress", "team_progress", "Team", set[str]()),
    ("manage_team", "team_queue", "Queue", set[str]()),
    ("manage_team", "team_spend", "Spend", set[str]()),
)


@dataclass(frozen=True, slots=True)
class TeamLink:
    """A way into one of a team's rooms; ``current`` when the page lies in that room."""

    label: str
    url: str
    current: bool


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
def ago(moment: datetime | None) -> str:
    """ "3 hours ago": true in every time zone, in the largest unit alone."""
    if moment is None:
        return ""
    if timezone.now() - moment < timedelta(minutes=1):
        return "just now"
    return f"{timesince(moment, depth=1)} ago"


@register.filter
def seconds(milliseconds: int) -> str:
    """ "1.3 s"."""
    return f"{milliseconds / 1000:.1f} s"


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
def nav_current(context: Context, *names: str) -> str:
    """``aria-current="page"`` when the page is one of these URL names."""
    match = getattr(context.get("request"), "resolver_match", None)
    return mark_safe('aria-current="page"') if match and match.url_name in names else ""


@register.simple_tag(takes_context=True)
def team_links(context: Context, memberships: Iterable[Any] | None) -> list[TeamLinks]:
    """The team rooms that are open to a person, by team; teams without any are left out."""
    match = getattr(context.get("request"), "resolver_match", None)
    page, team = (match.url_name, match.kwargs.get("team")) if match else ("", "")
    found = []
    for membership in memberships or ():
        slug = membership.team.slug
        links = tuple(
            TeamLink(
                label,
                reverse(name, kwargs={"team": slug}),
                current=slug == team and page in {name, *behind},
            )
            for permission, name, label, behind in _TEAM_ROOMS
            if permission in membership.can
        )
        if links:
            found.append(TeamLinks(membership.team, links))
    return found
