from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import resolve

from interview.templatetags.viva import face, marks_summary, percent, seconds


def verdict(mark: str, kind: str = "required") -> SimpleNamespace:
    return SimpleNamespace(mark=mark, criterion=SimpleNamespace(kind=kind))


def page_at(path: str) -> dict[str, Any]:
    request = RequestFactory().get(path)
    request.resolver_match = resolve(path)
    return {"request": request}


def render(source: str, context: dict[str, Any]) -> str:
    return Template("{% load viva %}" + source).render(Context(context))


@pytest.mark.parametrize(("share", "shown"), [(0.654, 65), (0, 0), (1, 100), (None, None)])
def test_percent_is_a_whole_number_and_nothing_stays_nothing(
    share: float | None, shown: int | None
) -> None:
    assert percent(share) == shown


def test_time_is_told_in_seconds_to_the_tenth() -> None:
    assert (seconds(13_007), seconds(40)) == ("13.0 s", "0.0 s")


def test_a_mark_is_known_by_its_name_or_by_its_verdict() -> None:
    assert (face("contradicted").css, face("contradicted").word) == ("contra", "contradicted")
    assert face(verdict("not_met")).word == "missed"


def test_a_misconception_that_was_not_asserted_is_not_a_miss() -> None:
    assert face(verdict("not_met", "misconception")).word == "not claimed"
    assert face(verdict("contradicted", "misconception")).word == "contradicted"


def test_a_mark_nobody_knows_is_an_error_rather_than_a_guess() -> None:
    with pytest.raises(KeyError):
        face("splendid")


def test_a_row_of_marks_says_its_counts_best_first() -> None:
    row = [
        *(verdict(mark) for mark in ("not_met", "met", "met")),
        *(verdict(mark, "misconception") for mark in ("contradicted", "not_met")),
    ]
    assert marks_summary(row) == "2 met, 1 missed, 1 contradicted, 1 not claimed"
    assert 'aria-label="2 met, 1 missed' in render_to_string(
        "components/marks_row.html", {"verdicts": row}
    )


def test_an_icon_is_hidden_from_screen_readers() -> None:
    assert render('{% icon "met" "met" %}', {}) == (
        '<svg class="i met" aria-hidden="true"><use href="#i-met"/></svg>'
    )


def test_markdown_of_nothing_is_nothing() -> None:
    assert render("{{ text|markdown }}", {"text": None}) == ""


def test_a_band_without_bounds_has_a_tick_and_no_block() -> None:
    html = render_to_string("components/band.html", {"estimate": 40})
    assert 'x1="40%"' in html
    assert "range" not in html


def test_a_band_with_bounds_draws_them_and_can_say_them() -> None:
    html = render_to_string(
        "components/band.html", {"estimate": 65, "low": 59, "high": 71, "label": "Score"}
    )
    assert '<rect class="range" x="59%" y="3" width="12%" height="8"/>' in html
    assert 'aria-label="Score 65 of 100, likely between 59 and 71"' in html


def test_the_current_page_is_marked_in_the_bar() -> None:
    source = '{% nav_current "library" "set_detail" %}'
    assert render(source, page_at("/sets/1/")) == 'aria-current="page"'
    assert render(source, page_at("/progress/")) == ""
    assert render(source, {}) == ""


def team_rooms(path: str, *can: str) -> list[tuple[str, str, bool]]:
    teams = [SimpleNamespace(team=SimpleNamespace(slug="blue", name="Blue"), can=frozenset(can))]
    source = (
        "{% team_links teams as found %}"
        "{% for entry in found %}{% for link in entry.links %}"
        "{{ link.label }} {{ link.url }} {{ link.current }}\n"
        "{% endfor %}{% endfor %}"
    )
    lines = render(source, {"teams": teams, **page_at(path)}).splitlines()
    return [(line.split()[0], line.split()[1], line.split()[2] == "True") for line in lines]


def test_a_team_room_is_shown_to_those_who_may_enter() -> None:
    assert team_rooms("/", "edit_sets") == [("Sets", "/teams/blue/sets/", False)]
    assert team_rooms("/", "take_interviews") == []


def test_a_team_room_is_current_on_the_pages_behind_it_and_for_that_team_only() -> None:
    rooms = ("view_answers", "edit_sets", "view_team_progress")
    assert team_rooms("/teams/blue/sets/llm/", *rooms) == [
        ("Answers", "/teams/blue/answers/", False),
        ("Sets", "/teams/blue/sets/", True),
        ("Team", "/teams/blue/progress/", False),
    ]
    assert [current for *_, current in team_rooms("/teams/red/sets/", *rooms)] == [False] * 3
