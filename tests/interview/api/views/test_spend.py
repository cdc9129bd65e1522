import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from grading.llm.calls import CallRecord, Tokens
from grading.operations.ledger import write_calls
from interview.models import Team, User
from interview.operations.budgets import Cap, set_caps
from tests.factories import first_grade, make_answer, make_published_set, make_team, make_user
from tests.interview.api.callers import API, browser, get

pytestmark = pytest.mark.django_db
HAIKU = "claude-haiku-5-5"
CALL = CallRecord(
    HAIKU,
    "claude-1",
    Tokens(input=250, cache_read=2_700, output=300),
    micro_dollars=101,
    milliseconds=0,
    stop_reason="end_turn",
    batched=True,
)
FAILED = CallRecord(HAIKU, "claude-1", Tokens(), 0, 200, error="overloaded")
PATH = "/teams/north/spend/"


@pytest.fixture
def admin() -> User:
    return make_user("bo")


@pytest.fixture
def team(admin: User) -> Team:
    return make_team("north", admin=admin)


def spend(team: Team, slug: str = "attention") -> int:
    """An answer to a set of the team's with two calls; the set's id."""
    version = make_published_set(team=team, slug=slug)
    grade = first_grade(make_answer(make_user(), version=version, team=team))
    write_calls(grade_id=grade.pk, calls=[CALL, FAILED])
    return version.question_set_id


def test_it_tells_what_the_page_tells(admin: User, team: Team) -> None:
    set_id = spend(team)
    set_caps(team=team, caps=[Cap(None, 1_000, "total")])
    told = get(admin, PATH)
    today = timezone.now().date()
    sums = {
        "calls": 2, "failed": 1, "batched": 1, "unpriced": 0, "input_tokens": 250,
        "cache_write_5m_tokens": 0, "cache_write_1h_tokens": 0, "cache_read_tokens": 2_700,
        "output_tokens": 300, "micro_dollars": 101, "uncached_micro_dollars": 445,
        "hit_share": 1.0,
    }  # fmt: skip
    latest = told.pop("latest")
    assert [(line["error"], line["batched"]) for line in latest] == [
        ("overloaded", False),
        ("", True),
    ]
    assert told == {
        "month": f"{today:%Y-%m}",
        "total": sums,
        "answers": 1,
        "sets": [
            {
                "question_set": set_id,
                "title": "Attention",
                "models": [{"model": HAIKU, "answers": 1, "sums": sums}],
            }
        ],
        "days": [{"day": today.isoformat(), "model": HAIKU, "sums": sums}],
        "failures": [{"error": "overloaded", "calls": 1, "micro_dollars": 0}],
        "forecast": {
            "answers": 1,
            "held_back": 0,
            "mean_micro_dollars": 202,
            "doubt_micro_dollars": 0,
            "goes_by": [{"month": f"{today:%Y-%m}", "answers": 1}],
        },
        "budgets": [
            {
                "question_set": None,
                "cap_micro_dollars": 1_000,
                "period": "total",
                "spent_micro_dollars": 101,
                "held_micro_dollars": 0,
                "left_micro_dollars": 899,
            },
            {
                "question_set": set_id,
                "cap_micro_dollars": None,
                "period": "month",
                "spent_micro_dollars": 101,
                "held_micro_dollars": 0,
                "left_micro_dollars": None,
            },
        ],
        "uncounted": [],
    }


def test_models_that_no_cap_stops_are_named(admin: User, team: Team, settings: Settings) -> None:
    settings.GRADING_JUDGE = "claude"
    settings.CLAUDE_STRONG_MODEL = "llama-3-70b"
    set_id = spend(team)
    team.question_sets.update(grading={"first": "qwen-3"})
    assert get(admin, PATH)["uncounted"] == [
        {"model": "llama-3-70b", "question_sets": []},
        {"model": "qwen-3", "question_sets": [set_id]},
    ]


def test_an_earlier_month_is_asked_for_by_name(admin: User, team: Team) -> None:
    spend(team)
    told = get(admin, PATH, month="2026-01")
    assert (told["month"], told["total"]["calls"], told["days"]) == ("2026-01", 0, [])
    assert told["total"]["hit_share"] is None
    assert told["forecast"]["mean_micro_dollars"] == 202  # of the present, whatever the month


@pytest.mark.parametrize("month", ["2026-13", "2999-01", "soon", "2026-11-01"])
def test_what_is_no_month_is_told(admin: User, team: Team, month: str) -> None:
    response = browser(admin).get(f"{API}{PATH}", {"month": month})
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {"parameter": "month", "detail": "Ask for a month such as 2026-11."}
    ]


def test_twenty_sets_take_as_many_queries_as_one(admin: User, team: Team) -> None:
    client = browser(admin)

    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"{API}{PATH}").status_code == 200
        return len(captured)

    spend(team)
    with_one = count()
    for number in range(19):
        spend(team, f"set-{number}")
    assert count() == with_one == 16
