"""What the answers that wait will cost, by what answers like them did cost. Whole micro-dollars."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import isqrt
from typing import Final, NamedTuple

from django.db.models import Count, OuterRef, Q, Subquery

from grading.models import Account, Grade, ModelCall
from grading.models.account import month_of
from grading.models.grade import IN_BATCH
from grading.queries.spend import PerAnswer, in_month, per_answer

UNFINISHED: Final = (Grade.State.PENDING, Grade.State.RUNNING)


class Answered(NamedTuple):
    """So many answers of a month."""

    month: date
    answers: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """For answers that wait: what they will cost nine times in ten lies in mean ± doubt.

    Both are None where no answer was called for yet at a known price. `goes_by` is what it was made
    from, the newest month first.
    """

    answers: int
    held_back: int
    mean: int | None
    doubt: int | None
    goes_by: tuple[Answered, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """What answers cost in a month, by account."""

    month: date
    known: Mapping[int, PerAnswer]


def forecast(
    accounts: Collection[Account], known: Mapping[int, PerAnswer], month: date
) -> Forecast:
    """What the answers that wait will cost; `known` is what answers of this month, the present one,
    did cost by account.

    An account goes by its own answers, for another set may have another model: by those of this
    month, or of the latest before that has any. Where it never had one, it goes by all accounts
    together, of this month or the latest. Answers without a known price are nothing to go by, and a
    set that had none but these adds nothing.
    """
    unfinished = Grade.objects.filter(state__in=UNFINISHED, submission__account__in=accounts)
    # What a batch will finish costs half, and is held already.
    waiting = (
        unfinished.exclude(waiting_for=IN_BATCH)
        .order_by()
        .values_list("submission__account")
        .annotate(answers=Count("pk"), held_back=Count("pk", filter=Q(waiting_for="budget")))
    )
    counts = {account_id: (count, held_back) for account_id, count, held_back in waiting}
    count, held_back = (sum(of) for of in zip((0, 0), *counts.values(), strict=True))
    if not count:
        return Forecast(0, 0, 0, 0)
    present = [Figures(month, known)] if known else []
    lacking = counts.keys() - known.keys()
    months = [*present, *(_latest_before(accounts, month) if lacking else [])]
    if not months:
        return Forecast(count, held_back, None, None)
    costs, used = [], dict[tuple[date, int], int]()
    for account_id, (more, _) in counts.items():
        source = next((found for found in months if account_id in found.known), None)
        like = {account_id: source.known[account_id]} if source else months[0].known
        of = source.month if source else months[0].month
        costs.append(sum(like.values(), PerAnswer()).cost_of(more))
        used |= {(of, key): per.priced for key, per in like.items()}
    by_month: Counter[date] = Counter()
    for (of, _), answers in used.items():
        by_month[of] += answers
    goes_by = [Answered(*row) for row in sorted(by_month.items(), reverse=True) if row[1]]
    if not goes_by:
        return Forecast(count, held_back, None, None)
    mean, variance = (sum(of) for of in zip(*costs, strict=True))
    doubt = (2 * 1_645 * isqrt(variance) + 1_000) // 2_000  # half up
    return Forecast(count, held_back, mean, doubt, tuple(goes_by))


def _latest_before(accounts: Collection[Account], month: date) -> list[Figures]:
    """Each account in the last month before this one in which an answer was called for; the newest
    first. Two queries."""
    before = datetime(month.year, month.month, 1, tzinfo=UTC)
    last = ModelCall.objects.filter(
        account=OuterRef("pk"), grade__isnull=False, created_at__lt=before
    ).order_by("-created_at")
    found = (
        Account.objects.filter(pk__in=[account.pk for account in accounts])
        .annotate(last=Subquery(last.values("created_at")[:1]))
        .filter(last__isnull=False)
    )
    by_month: dict[date, list[int]] = {}
    for account_id, moment in found.values_list("pk", "last"):
        by_month.setdefault(month_of(moment), []).append(account_id)
    if not by_month:
        return []
    wanted = Q()
    for of, ids in by_month.items():
        wanted |= Q(account__in=ids) & in_month(of)
    known = per_answer(ModelCall.objects.filter(wanted))
    figures = [
        Figures(of, {account_id: known[account_id] for account_id in ids if account_id in known})
        for of, ids in sorted(by_month.items(), reverse=True)
    ]
    return [found for found in figures if found.known]  # words may be deleted meanwhile
