"""Viva's ledger held against the fake API's own log, call by call."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Sum

from grading.models import Account, ModelCall, Submission
from grading.operations.judging import opaque_id
from grading.operations.ledger import LOST
from tests.fakes.log import Exchange, Usage

Counts = tuple[int, int, int, int, int]


def differences(exchanges: Iterable[Exchange]) -> list[str]:
    """Where the ledger departs from the log; nothing, when all is well.

    Every request has one line. A line that knows its request's id says what was told in reply. The
    others are of requests whose reply nobody took in: their connection broke, or their worker died.
    The latter are lost: it may be that such a call was announced and never sent. What broke off
    counts as the most that it can have cost; an error in place of a reply as nothing.
    """
    lines = list(ModelCall.objects.select_related("grade__submission"))
    replied = {line.request_id: line for line in lines if line.request_id}
    found = []
    if len(replied) != sum(bool(line.request_id) for line in lines):
        found.append("a request has two lines")
    silent: dict[Submission, list[ModelCall]] = defaultdict(list)
    for line in lines:
        if not line.request_id:
            assert line.grade is not None
            silent[line.grade.submission].append(line)
    unanswered = []
    for exchange in exchanges:
        line = replied.pop(exchange.request_id, None)
        if line is None:
            unanswered.append(exchange)
        else:
            found += _of_one(exchange, line)
    found += [f"{request_id} was never asked" for request_id in replied]
    without_reply = asked_by(unanswered)
    for submission in without_reply.keys() | silent.keys():
        found += _of_the_silent(without_reply.get(submission, []), silent[submission])
    return found + _of_accounts()


def asked_by(exchanges: Iterable[Exchange]) -> dict[Submission, list[Exchange]]:
    """The requests for each submission's grade."""
    known = {opaque_id(one.public_id): one for one in Submission.objects.all()}
    asked: dict[Submission, list[Exchange]] = {one: [] for one in known.values()}
    for exchange in exchanges:
        asked[known[exchange.body["metadata"]["user_id"]]].append(exchange)
    return asked


def _of_one(exchange: Exchange, line: ModelCall) -> list[str]:
    """The tokens that were told, and how it ended: a reply that came to no end is none."""
    ended = exchange.delivered == "everything"
    expected = counts(exchange.told), (exchange.stop_reason or "none") if ended else ""
    said = told(line), line.stop_reason.replace("none", "") if not ended else line.stop_reason
    if said != expected or (ended and line.error):
        return [f"{exchange.request_id}: the fake told {expected}, the ledger says {said}"]
    cut = exchange.delivered == "start"
    return _too_little(exchange.request_id, [exchange], [line]) if cut else []


def _of_the_silent(exchanges: list[Exchange], lines: list[ModelCall]) -> list[str]:
    """One answer's requests that no line knows by name, and its lines that know no request."""
    broken = sum(exchange.error.startswith("dropped") for exchange in exchanges)
    hung_up = sum(line.error == "connection" for line in lines)
    lost = [line for line in lines if line.error == LOST]
    whose = sorted({line.grade_id for line in lines})
    found = []
    if not len(lines) - len(lost) <= len(exchanges) <= len(lines):
        found.append(
            f"{whose}: {len(exchanges)} requests had no reply, {len(lines)} lines say so, "
            f"{len(lost)} of them lost"
        )
    if hung_up > broken:
        found.append(f"{whose}: {hung_up} lines say that a connection broke, {broken} did")
    if any(told(line) != counts(Usage()) for line in lines):
        found.append(f"{whose}: a line without a reply has tokens")
    return found + _too_little(whose, exchanges, lines)


def _too_little(whose: object, exchanges: list[Exchange], lines: list[ModelCall]) -> list[str]:
    """Together, because a lost line may be of a call that ended: that one has its own price, to
    half a micro-dollar, and the others more than theirs."""
    billed = sum(map(price, exchanges), Decimal(0))
    counted = sum(line.micro_dollars or 0 for line in lines) + Decimal(len(lines)) / 2
    if counted < billed or any(line.micro_dollars is None for line in lines):
        return [f"{whose}: calls cost {billed}, more than their lines say"]
    return []


def price(exchange: Exchange) -> Decimal:
    """What it was billed, in micro-dollars."""
    return exchange.billed.cost(exchange.model, exchange.tier) if exchange.model else Decimal(0)


def _of_accounts() -> list[str]:
    """What is spent is what the lines of an account, and of those inside it, add up to."""
    found = []
    for account in Account.objects.all():
        own = ModelCall.objects.filter(account=account) | ModelCall.objects.filter(
            account__parent=account
        )
        booked = own.aggregate(sum=Sum("micro_dollars"))["sum"] or 0
        if account.spent != booked:
            found.append(f"{account.key} spent {account.spent}, its lines say {booked}")
    return found


def counts(usage: Usage) -> Counts:
    return usage.input, usage.write_5m, usage.write_1h, usage.read, usage.output


def told(line: ModelCall) -> Counts:
    return (
        line.input_tokens,
        line.cache_write_5m_tokens,
        line.cache_write_1h_tokens,
        line.cache_read_tokens,
        line.output_tokens,
    )
