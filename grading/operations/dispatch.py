"""Who is sent when: answers to one question share what the cache holds of their prompts.

One leader opens a cold prefix, and the others follow once its response has begun, however long that
takes: its lease is kept while it is out. A follower stands by in its thread for a moment; if the
leader takes longer, its row goes back into the queue and the leader announces it. Without Redis
everyone goes at once and alone.
"""

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import Final

from django.conf import settings
from django.utils import timezone
from redis import Redis, RedisError

from grading.judges.base import RetryLater
from grading.judges.hooks import Turn
from grading.llm.calls import Request, Tokens
from grading.llm.leases import keeper
from grading.llm.prefixes import Prefix, Prefixes, State, Tally, prefixes_of, was_missed
from grading.llm.seats import seats
from grading.llm.standby import stand_by, wake
from grading.models import Grade
from grading.queries.grades import is_waited_for

logger = logging.getLogger(__name__)

STAND_BY_SECONDS: Final = 3.0
PARKED_SECONDS: Final = 5.0  # if the leader's announcement is lost
KEPT: Final = ("1h", "5m")  # instructions, question block


class StillOpening(RetryLater):
    """The leader's response has not begun, and this row waits in the queue, not in a thread.

    Call `park` when it does: whoever is announced before that is not there to be found.
    """

    def __init__(self, park: Callable[[], None]) -> None:
        super().__init__(
            "The first answer to this question is on its way.", wait_seconds=PARKED_SECONDS
        )
        self.park = park


@dataclass(slots=True)
class Departure:
    """A request on its way: which prefixes it opens, and whether it keeps the question's block."""

    shared: Prefix
    own: Prefix
    started: float
    leads: list[Prefix] = field(default_factory=list)
    keeps_question: bool = False
    begun: bool = False

    @property
    def kept(self) -> list[Prefix]:
        return [self.shared, self.own] if self.keeps_question else [self.shared]


class Dispatcher:
    """Gives turns to the requests of one grade."""

    def __init__(self, grade: Grade, prefixes: Prefixes, nudge: Callable[[int], None]) -> None:
        self._grade = grade
        self._prefixes = prefixes
        self._nudge = nudge
        self._token = uuid.uuid4().hex

    @contextmanager
    def take_turn(self, request: Request) -> Iterator[Turn]:
        """Raises `StillOpening` when the row had better wait in the queue."""
        if "cache" in settings.CLAUDE_WITHOUT or len(request.system) != len(KEPT):
            yield Turn(request)
            return
        try:
            departure = self._enter(request)
        except RedisError as error:
            logger.warning("Requests go without order: %s", type(error).__name__)
            yield Turn(request)
            return
        try:
            with keeper.kept(self._prefixes, departure.leads, self._token):
                yield Turn(
                    _marked(request, keep_question=departure.keeps_question),
                    on_start=partial(self._begin, departure) if departure.leads else None,
                    on_end=partial(self._end, departure, request),
                )
        finally:
            self._leave(departure)

    def _enter(self, request: Request) -> Departure:
        """Wait until this request may go, and say how."""
        key = f"{settings.ANTHROPIC_BASE_URL} {settings.ANTHROPIC_API_KEY}"
        shared, own = prefixes_of(request, KEPT, whose=key, without=settings.CLAUDE_WITHOUT)
        departure = Departure(shared, own, self._prefixes.clock())
        until = departure.started + STAND_BY_SECONDS
        while (behind := self._behind(departure)) is not None:
            if self._prefixes.clock() >= until:
                raise StillOpening(park=partial(self._park, behind))
            with seats.left():
                stand_by(self._prefixes, behind, until)
        departure.started = self._prefixes.clock()
        return departure

    def _park(self, behind: Prefix) -> None:
        """Have the waiting row announced by the leader, or at once if that has begun, or failed."""
        try:
            self._prefixes.park(behind, self._grade.pk)
            if self._prefixes.states(behind) == [State.OPENING]:
                return
        except RedisError as error:
            logger.warning("A row waits for the next sweep: %s", type(error).__name__)
            return
        self._nudge(self._grade.pk)

    def _behind(self, departure: Departure) -> Prefix | None:
        """The prefix to wait for, or None to go, the departure saying how."""
        shared, own = self._prefixes.states(departure.shared, departure.own)
        if own is State.WARM:
            departure.keeps_question = True
            return None
        if shared is State.OPENING:
            return departure.shared
        if own is State.OPENING:  # its leader may be dead, and its other lease over a moment sooner
            return departure.own
        if shared is State.COLD:
            if not self._prefixes.open(departure.shared, self._token):
                return departure.shared
            departure.leads.append(departure.shared)
        if own is State.COLD and self._is_waited_for(departure.own):
            if self._prefixes.open(departure.own, self._token):
                departure.leads.append(departure.own)
                departure.keeps_question = True
            elif not departure.leads:
                return departure.own
        if not departure.keeps_question:
            self._prefixes.go_alone(departure.own, self._grade.pk)
        return None

    def _is_waited_for(self, own: Prefix) -> bool:
        """Whether another answer to the question waits, apart from those that are out."""
        out = self._prefixes.alone(own) | {self._grade.pk}
        rubric_id = self._grade.submission.rubric_id
        return is_waited_for(rubric_id, besides=out, now=timezone.now())

    def _begin(self, departure: Departure) -> None:
        """The leader's response has begun: everyone behind it may go."""
        departure.begun = True
        for prefix in departure.leads:
            try:
                self._prefixes.begun(prefix, departure.started)
                parked = self._prefixes.unpark(prefix)
            except RedisError as error:
                logger.warning("Nobody heard of an open prefix: %s", type(error).__name__)
                parked = []
            wake(prefix)
            for row in parked:
                self._nudge(row)

    def _end(self, departure: Departure, request: Request, tokens: Tokens) -> None:
        try:
            self._note(departure, request, tokens)
        except RedisError as error:
            logger.warning("A reading was not counted: %s", type(error).__name__)

    def _note(self, departure: Departure, request: Request, tokens: Tokens) -> None:
        """Count what was read, and say so when a follower found nothing."""
        last = departure.kept[-1]
        about = f"rubric {self._grade.submission.rubric_id}" if last is departure.own else ""
        note = partial(
            self._prefixes.note,
            last=last,
            started=departure.started,
            model=request.model,
            about=about,
        )
        if last in departure.leads:
            note("leaders", ())
            if tokens.cache_write == 0 and tokens.cache_read == 0:
                for prefix in departure.leads:
                    self._prefixes.flatten(prefix)
        elif not was_missed(tokens):
            note("hits", departure.kept)
        elif self._prefixes.states(last) != [State.FLAT]:
            note("misses", ())
            self._prefixes.forget(last)
            logger.error(
                "A call for grade %s read %s tokens from the cache and wrote %s where all could "
                "be read",
                *(self._grade.pk, tokens.cache_read, tokens.cache_write),
            )

    def _leave(self, departure: Departure) -> None:
        """Whatever became of it, hold nobody up: if it never began, another one is to lead."""
        parked: list[int] = []
        try:
            for prefix in departure.leads:
                if not departure.begun:
                    self._prefixes.abandon(prefix, self._token)
                    parked += self._prefixes.unpark(prefix)
            if not departure.keeps_question:
                self._prefixes.come_back(departure.own, self._grade.pk)
        except RedisError as error:
            logger.warning("A lease has to run out: %s", type(error).__name__)
        for prefix in departure.leads:
            wake(prefix)
        for row in parked:
            self._nudge(row)


def dispatcher(grade: Grade) -> Dispatcher:
    """The one who gives this grade's requests their turns."""
    from grading.operations.grades import nudge  # noqa: PLC0415 - grades run what is given turns here

    return Dispatcher(grade, known_prefixes(), lambda row: nudge(grade_id=row))


def known_prefixes() -> Prefixes:
    """What all workers know of the cache."""
    return _connect(settings.CELERY_BROKER_URL)


def read_tallies() -> list[Tally]:
    """What was found in the cache in the last day, by prefix. Raises `redis.RedisError`."""
    return known_prefixes().tallies()


@cache
def _connect(url: str) -> Prefixes:
    client = Redis.from_url(url, decode_responses=True, socket_connect_timeout=2, socket_timeout=5)
    return Prefixes(client)


def _marked(request: Request, *, keep_question: bool) -> Request:
    instructions, question = request.system
    return replace(
        request,
        system=(
            replace(instructions, cache=KEPT[0]),
            replace(question, cache=KEPT[1] if keep_question else ""),
        ),
    )
