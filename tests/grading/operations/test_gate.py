"""The gate before Claude, over HTTP with the real SDK: what holds answers back, what lets go."""

from datetime import UTC, timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from grading.llm.breaker import FIRST_SECONDS, RUN
from grading.llm.calls import Block, Request
from grading.llm.client import Access, Client
from grading.llm.failures import CallFailed, HeldBack
from grading.models import Grade, QueuePause, Rubric
from grading.operations.gate import QueueGate
from grading.operations.grades import request_grade, requeue_stuck, run_grade
from grading.operations.queue import PROBE_SECONDS, pause_queue, resume_queue
from grading.queries.queue import active_pause
from tests.factories import make_user
from tests.fakes.claude_api import ClaudeApi
from tests.fakes.faults import Fault
from tests.fakes.ticker import Ticker

HAIKU = "claude-haiku-5-5"
ASKED = Request(HAIKU, (Block("You grade."),), "An answer.", max_tokens=200)


@pytest.fixture
def naps() -> list[float]:
    return []


@pytest.fixture
def client(claude_grades: ClaudeApi, ticker: Ticker, naps: list[float], db: None) -> Client:
    """A client behind the gate, whose waits are noted and not waited for."""
    access = Access("sk-ant-secret", claude_grades.url, timeout_seconds=0.5)
    return Client(access, QueueGate(sleep=naps.append))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grades that are announced to workers, in order."""
    told: list[int] = []

    def tell(*, grade_id: int, first: bool) -> None:
        assert first
        told.append(grade_id)

    monkeypatch.setattr("grading.operations.grades.nudge", tell)
    return told


def send(client: Client) -> str:
    """ "answered", the failure's code, or why it was held back."""
    try:
        client.send(ASKED)
    except (CallFailed, HeldBack) as error:
        return error.code
    return "answered"


def many(rubric: Rubric, count: int) -> list[Grade]:
    words = "Dot products of long vectors have a large variance, so scores are divided by a root"
    return [request_grade(rubric=rubric, text=f"{words}, number {n}.") for n in range(count)]


def states(grades: list[Grade]) -> list[tuple[str, str]]:
    for grade in grades:
        grade.refresh_from_db()
    return [(grade.state, grade.waiting_for) for grade in grades]


def test_a_429_holds_back_every_call_for_as_long_as_was_asked(
    client: Client, claude_grades: ClaudeApi, ticker: Ticker
) -> None:
    claude_grades.script(Fault(status=429, headers={"retry-after": "30"}))
    assert [send(client) for _ in range(3)] == ["rate_limited", "slow_down", "slow_down"]
    ticker.advance(30)
    assert send(client) == "answered"
    assert len(claude_grades.requests()) == 2


def test_the_rate_limit_headers_are_followed_so_that_no_429_comes(
    client: Client, claude_grades: ClaudeApi, naps: list[float]
) -> None:
    claude_grades.set(rpm=60)
    claude_grades.clock.freeze()
    ends = [send(client) for _ in range(63)]
    assert ends[:60] == ["answered"] * 60
    # the next two wait for their place here, the rest in the queue
    assert ends[62] == "slow_down"
    assert naps == [1.0, 2.0]


def test_a_run_of_overload_opens_the_circuit_and_one_call_closes_it(
    client: Client, claude_grades: ClaudeApi, ticker: Ticker
) -> None:
    claude_grades.script(Fault(status=529, times=RUN + 1))
    assert [send(client) for _ in range(RUN)] == ["overloaded"] * RUN
    assert send(client) == "circuit_open"
    ticker.advance(FIRST_SECONDS)
    assert [send(client), send(client)] == ["overloaded", "circuit_open"]
    ticker.advance(2 * FIRST_SECONDS)
    assert [send(client), send(client)] == ["answered", "answered"]
    assert active_pause(ticker.moment()) is None


def test_what_was_wrong_with_one_request_ends_a_run(
    client: Client, claude_grades: ClaudeApi
) -> None:
    claude_grades.script(
        Fault(status=529, times=RUN - 1), Fault(status=400), Fault(status=529, times=RUN - 1)
    )
    ends = {send(client) for _ in range(2 * RUN)}
    assert ends == {"overloaded", "bad_request", "answered"}


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "key_refused"),
        (402, "payment_required"),
        (403, "not_permitted"),
        (404, "not_found"),
    ],
)
def test_configuration_errors_pause_the_queue_at_once(
    client: Client, claude_grades: ClaudeApi, ticker: Ticker, status: int, code: str
) -> None:
    claude_grades.script(Fault(status=status))
    assert [send(client) for _ in range(3)] == [code, "paused", "paused"]
    pause = active_pause(ticker.moment())
    assert pause is not None
    assert (pause.reason, pause.paused_by, pause.until) == (code, None, None)
    assert len(claude_grades.requests()) == 1


def test_one_call_is_let_through_to_see_and_when_it_works_all_go_on(
    client: Client, claude_grades: ClaudeApi, ticker: Ticker
) -> None:
    claude_grades.script("unauthorized", "unauthorized")
    assert send(client) == "key_refused"
    ticker.advance(PROBE_SECONDS)
    assert [send(client), send(client)] == ["key_refused", "paused"]
    ticker.advance(PROBE_SECONDS)
    assert [send(client), send(client)] == ["answered", "answered"]
    assert QueuePause.objects.get().resumed_at == ticker.moment()


def test_a_spend_limit_pauses_until_it_is_reset(
    client: Client, claude_grades: ClaudeApi, ticker: Ticker
) -> None:
    claude_grades.script(
        Fault(
            status=429,
            error_code="enforced_spend_limit_reached",
            headers={"retry-after": "7200"},
        )
    )
    assert [send(client), send(client)] == ["spend_limit", "paused"]
    pause = active_pause(ticker.moment())
    assert pause is not None
    assert pause.until == ticker.moment() + timedelta(hours=2)
    ticker.advance(7200)
    assert send(client) == "answered"


def test_a_usage_limit_pauses_until_the_day_that_it_names(
    client: Client, claude_grades: ClaudeApi, ticker: Ticker
) -> None:
    day = (timezone.now() + timedelta(days=5)).astimezone(UTC).replace(second=0, microsecond=0)
    claude_grades.script(
        Fault(
            status=400,
            message="You have reached your specified workspace API usage limits. You will regain "
            f"access on {day:%Y-%m-%d} at {day:%H:%M} UTC.",
        )
    )
    assert [send(client), send(client)] == ["spend_limit", "paused"]
    pause = active_pause(ticker.moment())
    assert pause is not None
    assert pause.until is not None
    assert abs(pause.until - day) < timedelta(seconds=5)


def test_another_key_is_another_queue(
    client: Client, claude_grades: ClaudeApi, settings: Settings, ticker: Ticker
) -> None:
    claude_grades.script("unauthorized")
    assert send(client) == "key_refused"
    settings.ANTHROPIC_API_KEY = "sk-ant-mended"
    assert active_pause(ticker.moment()) is None
    assert send(client) == "answered"


def test_while_paused_answers_wait_say_so_and_spend_nothing(
    rubric: Rubric, claude_grades: ClaudeApi, ticker: Ticker
) -> None:
    grades = many(rubric, 3)
    pause_queue(by=make_user(), why="The bill.", until=None, now=ticker.moment())
    for grade in grades:
        assert run_grade(grade_id=grade.pk) is None
    assert states(grades) == [("pending", "paused")] * 3
    assert {grade.attempts for grade in grades} == {0}
    assert claude_grades.requests() == []
    assert requeue_stuck(now=timezone.now() + timedelta(minutes=10)) == 0


def test_resuming_announces_everybody_who_waited(
    rubric: Rubric, claude_grades: ClaudeApi, ticker: Ticker
) -> None:
    grades = many(rubric, 3)
    person = make_user()
    pause_queue(by=person, why="The bill.", until=None, now=ticker.moment())
    for grade in grades:
        run_grade(grade_id=grade.pk)
    assert resume_queue(by=person, now=ticker.moment())
    assert requeue_stuck(now=timezone.now()) == 3
    for grade in grades:
        run_grade(grade_id=grade.pk)
    assert states(grades) == [("graded", "")] * 3


def test_the_sweep_tries_one_answer_when_a_pause_is_due_for_it(
    rubric: Rubric,
    claude_grades: ClaudeApi,
    ticker: Ticker,
    told: list[int],
) -> None:
    grades = many(rubric, 3)
    claude_grades.script("forbidden")
    for grade in grades:
        run_grade(grade_id=grade.pk)
    Grade.objects.update(nudged_at=timezone.now() + timedelta(hours=1))
    requeue_stuck(now=ticker.moment())
    assert told == []
    ticker.advance(PROBE_SECONDS)
    requeue_stuck(now=ticker.moment())
    assert told == [grades[0].pk]
    assert run_grade(grade_id=grades[0].pk) is not None
    assert requeue_stuck(now=ticker.moment()) == 2


def test_an_answer_that_was_tried_in_vain_is_not_tried_again_before_the_others(
    rubric: Rubric, claude_grades: ClaudeApi, ticker: Ticker, told: list[int]
) -> None:
    poison, *others = many(rubric, 3)
    claude_grades.script("forbidden", "forbidden")
    for grade in (poison, *others):
        run_grade(grade_id=grade.pk)
    ticker.advance(PROBE_SECONDS)
    run_grade(grade_id=poison.pk)
    ticker.advance(PROBE_SECONDS)
    requeue_stuck(now=ticker.moment())
    assert told[-1] != poison.pk


@pytest.mark.parametrize("status", [403, 404])
def test_a_model_that_one_set_alone_asks_holds_up_no_other_answers(
    rubric: Rubric, claude_grades: ClaudeApi, ticker: Ticker, status: int
) -> None:
    gone = "claude-opus-5-5"
    claude_grades.script({"status": status, "match": gone, "times": 9})
    text = "Dot products of long vectors have a large variance, so they are divided by a root."
    own = request_grade(rubric=rubric, text=text, policy={"first": gone})
    more = request_grade(rubric=rubric, text=f"{text} So.", policy={"first": gone})
    for grade in (own, more):
        run_grade(grade_id=grade.pk)
    assert states([own, more]) == [("pending", "paused"), ("pending", "away")]
    assert active_pause(ticker.moment()) is None
    assert len(claude_grades.requests()) == 1
    (other,) = many(rubric, 1)
    run_grade(grade_id=other.pk)
    assert states([other]) == [("graded", "")]


def test_an_answer_that_needs_no_judge_is_graded_all_the_same(
    rubric: Rubric, claude_grades: ClaudeApi, ticker: Ticker
) -> None:
    pause_queue(by=make_user(), why="The bill.", until=None, now=ticker.moment())
    blank = request_grade(rubric=rubric, text="  ")
    ended = run_grade(grade_id=blank.pk)
    assert ended is not None
    assert (ended.state, ended.reason) == ("graded", "blank")
