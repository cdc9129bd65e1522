"""Claude as a judge: one call where all goes well, and a second try where a reply allows one.

Whatever has to wait is raised: who waits, and how long, is decided where all answers are seen.
"""

import logging
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final

from grading.grader.material import Material
from grading.grader.verdict import Judgement, Usage
from grading.judges import prompt
from grading.judges.base import JudgeError, JudgeUnavailable, RetryLater, Unjudgeable
from grading.judges.hooks import Hooks, Turn
from grading.judges.leaks import without_leaks
from grading.judges.parsing import InvalidReply
from grading.judges.schema import SCHEMA, read_reply
from grading.llm.calls import CallRecord, Reply, Request, Tokens
from grading.llm.client import Client
from grading.llm.estimates import price_of
from grading.llm.failures import CallFailed, HeldBack, Next, RateLimited

logger = logging.getLogger(__name__)

LEAST_TOKENS: Final = 1_500
TOKENS_A_CRITERION: Final = 250


@dataclass(frozen=True, slots=True)
class Models:
    """`first` judges; `other` has a try where the first refuses."""

    first: str
    other: str


class ClaudeJudge:
    """Judges one answer at a time; `user_id` is an opaque word for whose it is.

    With `keep_question` the question's block is kept for the next answers to it.
    """

    name: Final = "claude"

    def __init__(
        self,
        client: Client,
        models: Models,
        hooks: Hooks,
        *,
        effort: str = "medium",
        user_id: str = "",
        keep_question: bool = False,
    ) -> None:
        self._client = client
        self._models = models
        self._hooks = hooks
        self._effort = effort
        self._user_id = user_id
        self._keep_question = keep_question

    @property
    def model(self) -> str:
        return self._models.first

    @property
    def prompt_version(self) -> str:
        return prompt.prompt_version()

    @property
    def _spelt_out(self) -> bool:
        """Whether the form of a reply is asked for in words alone."""
        return "format" in self._client.access.without

    def judge(self, material: Material) -> Judgement:
        """Raises `RetryLater`, `JudgeUnavailable` or `Unjudgeable`."""
        request = self._request(material)
        spent: list[tuple[Tokens, int]] = []
        tried: set[str] = set()
        while True:
            reply = self._call(request, spent)
            outcome = _outcome(reply, material, spelt_out=self._spelt_out)
            if isinstance(outcome, Judgement):
                return replace(
                    without_leaks(outcome, material), usage=_usage(spent), model=request.model
                )
            if outcome.code in tried or not outcome.second_try:
                raise outcome.give_up(reply)
            tried.add(outcome.code)
            request = self._again(request, outcome, reply)

    def _request(self, material: Material) -> Request:
        return Request(
            model=self._models.first,
            system=prompt.system_blocks(
                material,
                keep_question=self._keep_question,
                spell_out_schema=self._spelt_out,
            ),
            user=prompt.answer_turn(material),
            max_tokens=max(LEAST_TOKENS, 500 + TOKENS_A_CRITERION * len(material.criteria)),
            schema=SCHEMA,
            effort=self._effort,
            user_id=self._user_id,
        )

    def _again(self, request: Request, outcome: "_Fault", reply: Reply) -> Request:
        """The second try: longer after a truncated reply, on the other model after a refusal."""
        if outcome.code == "truncated":
            return replace(request, max_tokens=2 * request.max_tokens)
        if outcome.code == "refused":
            others = {self._models.first, self._models.other} - {request.model}
            if not others:
                raise outcome.give_up(reply)
            return replace(request, model=others.pop())
        return request

    def _call(self, request: Request, spent: list[tuple[Tokens, int]]) -> Reply:
        """One call, when its turn has come."""
        take_turn = self._hooks.take_turn
        with take_turn(request) if take_turn else nullcontext(Turn(request)) as turn:
            reply = self._send(turn, spent)
            if turn.on_end is not None:
                turn.on_end(reply.tokens)
            return reply

    def _send(self, turn: Turn, spent: list[tuple[Tokens, int]]) -> Reply:
        """One call, told of whether it works or not."""
        request = turn.request
        if self._hooks.before_call is not None:
            self._hooks.before_call(request)
        started = time.perf_counter()
        today = datetime.now(UTC).date()
        try:
            reply = self._client.send(
                request, on_start=self._on_start(turn), on_text=self._hooks.on_text
            )
        except HeldBack as held:
            if self._hooks.not_sent is not None:
                self._hooks.not_sent()
            raise held_back(held) from held
        except CallFailed as failure:
            record = self._record(request, failure.tokens, started, today, cut=failure.cut)
            self._hooks.record(replace(record, request_id=failure.request_id, error=failure.code))
            if failure.wants_a_person:
                told = (failure.request_id, failure.code, failure.status)
                logger.error("Call %s failed: %s, status %s", *told)  # noqa: TRY400 - no traceback: it may quote the prompt
            raise family_of(failure) from failure
        cut = reply.stop_reason is None
        record = self._record(request, reply.tokens, started, today, cut=cut)
        record = replace(
            record, request_id=reply.request_id, stop_reason=reply.stop_reason or "none"
        )
        self._hooks.record(record)
        spent.append((reply.tokens, record.micro_dollars or 0))
        return reply

    def _on_start(self, turn: Turn) -> Callable[[], None] | None:
        listening = [hear for hear in (turn.on_start, self._hooks.on_start) if hear is not None]

        def tell_all() -> None:
            for hear in listening:
                hear()

        return tell_all if listening else None

    def _record(
        self, request: Request, tokens: Tokens, started: float, today: date, *, cut: bool
    ) -> CallRecord:
        return CallRecord(
            model=request.model,
            prompt_version=self.prompt_version,
            tokens=tokens,
            micro_dollars=price_of(request, tokens, on=today, cut=cut),
            milliseconds=round((time.perf_counter() - started) * 1000),
        )


@dataclass(frozen=True, slots=True)
class _Fault:
    """Why a reply is no judgement: `code` is the grade's reason if a second try ends the same."""

    code: str
    detail: str
    second_try: bool = True
    alert: bool = False

    def give_up(self, reply: Reply) -> Unjudgeable:
        if self.alert:
            logger.error(
                "Call %s ended with the stop reason %s", reply.request_id, reply.stop_reason
            )
        return Unjudgeable(self.detail, reason=self.code)


TRUNCATED: Final = _Fault("truncated", "The grader's reply did not fit, even with more room.")
REFUSED: Final = _Fault("refused", "The grader declined to judge this answer.")
CUT: Final = _Fault("reply_cut", "The grader's reply broke off, twice.", alert=True)
STOPPED: Final = _Fault(
    "reply_cut", "The grader stopped before it had judged.", second_try=False, alert=True
)


def _outcome(reply: Reply, material: Material, *, spelt_out: bool) -> Judgement | _Fault:
    """A judgement only from a reply that came to its end; a partial one is never read."""
    match reply.stop_reason:
        case "end_turn":
            try:
                return read_reply(reply.text, material, spelt_out=spelt_out)
            except InvalidReply as invalid:
                return _Fault("judge_failed", f"The grader's reply was not usable. {invalid}")
        case "max_tokens":
            return TRUNCATED
        case "refusal":
            return REFUSED
        case None:
            return CUT
        case _:
            return STOPPED


def family_of(failure: CallFailed) -> JudgeError:
    """The judge's error for a failed call; the call's own is its cause."""
    if failure.next is Next.STOP:
        return Unjudgeable(failure.sentence, reason=failure.code)
    error: JudgeError
    if failure.next is Next.PAUSE:
        error = JudgeUnavailable(failure.sentence, wait_seconds=failure.wait_seconds)
        error.waiting_for = "paused"
        return error
    error = RetryLater(failure.sentence, wait_seconds=failure.wait_seconds)
    error.waiting_for = "busy" if isinstance(failure, RateLimited) else "away"
    return error


WAITING_FOR: Final = {"paused": "paused", "circuit_open": "away"}


def held_back(held: HeldBack) -> RetryLater:
    """The judge's error for a call that was not made."""
    error = RetryLater(str(held), wait_seconds=held.wait_seconds)
    error.waiting_for = WAITING_FOR.get(held.code, "busy")
    return error


def _usage(spent: list[tuple[Tokens, int]]) -> Usage:
    """All calls of a judgement together."""
    return Usage(
        input_tokens=sum(tokens.input for tokens, _ in spent),
        cache_write_tokens=sum(tokens.cache_write for tokens, _ in spent),
        cache_read_tokens=sum(tokens.cache_read for tokens, _ in spent),
        output_tokens=sum(tokens.output for tokens, _ in spent),
        micro_dollars=sum(price for _, price in spent),
    )
