"""Estimates put before people: as rows of charts, and as the sentences that open a page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode

from interview.models import Team, Topic, User
from interview.queries.cohort import Cohort
from interview.queries.mastery import Estimate
from interview.queries.progress import MissedPoint, TopicMastery, Week
from interview.web.charts import HeatMap, HeatRow, Interval, MasteryRow, TrendPoint, heat_map

FEW = 2  # with fewer answers a cell says so and no number
WEAKEST = 3
UNTOUCHED = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A topic to practise, where, and why: its estimate, or None when it was never answered."""

    topic: Topic
    url: str
    answers: int = 0
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class Repeated:
    """A point that was missed again; ``url`` starts practice on its topic, where there is one."""

    point: MissedPoint
    url: str


def interval_in_percent(reached: Estimate | TopicMastery | Week) -> Interval:
    value = reached.value if isinstance(reached, Estimate) else reached.estimate
    return Interval.around(value * 100, reached.low * 100, reached.high * 100)


def mastery_rows(topics: Iterable[TopicMastery], urls: Mapping[int, str]) -> list[MasteryRow]:
    """``urls`` by the topic's key; a topic without one is no link."""
    return [
        MasteryRow(
            row.topic.name,
            row.estimate * 100,
            row.low * 100,
            row.high * 100,
            row.answers,
            urls.get(row.topic.pk, ""),
        )
        for row in topics
    ]


def trend_points(weeks: Iterable[Week]) -> list[TrendPoint]:
    return [
        TrendPoint(
            date_format(week.starts, "j F"),
            week.estimate * 100,
            week.low * 100,
            week.high * 100,
            date_format(week.starts, "j M"),
        )
        for week in weeks
    ]


def movement(weeks: Sequence[Week]) -> str:
    """From what to what, or nothing while one week is all there is."""
    if len(weeks) < 2:  # noqa: PLR2004 - it takes two to move
        return ""
    first, last = interval_in_percent(weeks[0]), interval_in_percent(weeks[-1])
    moved = f"From {first.estimate} to {last.estimate}"
    return f"{moved}, and surer than before" if last.width < first.width else moved


def practice_urls(topics: Iterable[Topic]) -> dict[int, str]:
    """By topic, where a sitting on it begins; the topics come from ``topics_to_practise``."""
    urls = {}
    for topic in topics:
        set_id: int = getattr(topic, "set_id")  # noqa: B009 - annotated by the query
        urls[topic.pk] = reverse("set_detail", args=[set_id]) + "?" + urlencode({"topic": topic.pk})
    return urls


def suggestions(
    reached: Iterable[TopicMastery], within_reach: Sequence[Topic], urls: Mapping[int, str]
) -> list[Suggestion]:
    """The topics that may stand lowest, then some that were never answered."""
    weakest = sorted((row for row in reached if row.topic.pk in urls), key=lambda row: row.low)
    untouched = [topic for topic in within_reach if not getattr(topic, "answered", 0)]
    return [
        *(
            Suggestion(row.topic, urls[row.topic.pk], row.answers, interval_in_percent(row))
            for row in weakest[:WEAKEST]
        ),
        *(Suggestion(topic, urls[topic.pk]) for topic in untouched[:UNTOUCHED]),
    ]


def repeated(points: Iterable[MissedPoint], urls: Mapping[int, str]) -> list[Repeated]:
    return [
        Repeated(
            point,
            next((urls[topic.pk] for topic in point.question.topics.all() if topic.pk in urls), ""),
        )
        for point in points
    ]


def team_heat(found: Cohort, team: Team) -> HeatMap:
    """People by topic, every name a link to that person's answers in the team."""
    answers = reverse("team_answers", args=[team.slug])
    rows = [
        HeatRow(
            name_of(row.candidate),
            [_cell(cell) for cell in row.cells],
            interval_in_percent(row.overall) if row.answers >= FEW else None,
            f"{answers}?{urlencode({'candidate': row.candidate.get_username()})}",
        )
        for row in found.rows
    ]
    everyone = HeatRow(
        "Everyone", [_cell(mean) for mean in found.means], interval_in_percent(found.overall)
    )
    return heat_map([topic.name for topic in found.topics], rows, mean=everyone)


def weakest_of(topics: Iterable[TopicMastery]) -> Topic | None:
    """The topic that stands lowest among those known well enough, when there are two of them."""
    known = sorted((row for row in topics if row.answers >= FEW), key=lambda row: row.estimate)
    return known[0].topic if len(known) > 1 else None


def name_of(person: User) -> str:
    return person.get_full_name() or person.get_username()


def _cell(mastery: TopicMastery | None) -> Interval | None:
    return interval_in_percent(mastery) if mastery and mastery.answers >= FEW else None
