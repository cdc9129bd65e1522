import threading
from collections.abc import Callable

import pytest

from grading.llm.seats import Seats

PATIENCE = 5.0  # seconds until a thread that never comes fails the test


@pytest.fixture
def one() -> Seats:
    return Seats(1)


def sitting(seats: Seats, act: Callable[[], object]) -> threading.Thread:
    """A thread that acts once it has a seat."""

    def sit() -> None:
        with seats.taken():
            act()

    thread = threading.Thread(target=sit, daemon=True)
    thread.start()
    return thread


def test_no_more_sit_than_there_are_seats_and_the_next_sits_when_one_gets_up() -> None:
    seats, sat, get_up = Seats(2), threading.Semaphore(0), threading.Event()

    def stay() -> None:
        sat.release()
        get_up.wait(PATIENCE)

    threads = [sitting(seats, stay) for _ in range(3)]
    assert [sat.acquire(timeout=PATIENCE) for _ in range(2)] == [True, True]
    assert not sat.acquire(timeout=0.05)
    get_up.set()
    assert sat.acquire(timeout=PATIENCE)
    for thread in threads:
        thread.join(PATIENCE)


def test_who_waits_for_somebody_else_lets_another_one_sit(one: Seats) -> None:
    done: list[str] = []
    with one.taken():
        with one.left():
            sitting(one, lambda: done.append("other")).join(PATIENCE)
        done.append("own")
    assert done == ["other", "own"]


def test_who_comes_back_waits_for_a_seat(one: Seats) -> None:
    back, other_sits, other_goes = threading.Event(), threading.Event(), threading.Event()

    def stay() -> None:
        other_sits.set()
        other_goes.wait(PATIENCE)

    def leave() -> None:
        with one.left():
            sitting(one, stay)
            other_sits.wait(PATIENCE)
        back.set()

    thread = sitting(one, leave)
    assert other_sits.wait(PATIENCE)
    assert not back.wait(0.05)
    other_goes.set()
    assert back.wait(PATIENCE)
    thread.join(PATIENCE)


def test_an_error_gives_the_seat_back(one: Seats) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), one.taken(), one.left():
            raise ZeroDivisionError


def test_who_has_no_seat_leaves_none(one: Seats) -> None:
    with one.left():
        pass
    sat = threading.Event()
    with one.taken():
        thread = sitting(one, sat.set)
        assert not sat.wait(0.05)
    assert sat.wait(PATIENCE)
    thread.join(PATIENCE)
