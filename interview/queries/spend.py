"""What a team's grades cost, set by set, and what there is left. Amounts are micro-dollars."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from grading.models import Account, ModelCall
from grading.models.account import month_of
from grading.queries import spend as ledger
from grading.queries.accounts import accounts_within, held_by_account, waiting_by_account
from grading.queries.forecast import Forecast, forecast
from grading.queries.spend import PerAnswer, Sums
from interview.models import QuestionSet, Team
from interview.queries.payers import set_label, team_label

LATEST = 10


@dataclass(frozen=True, slots=True)
class Budget:
    """A team's (`question_set` None) or a set's. `cap` None: no limit. `left` counts what is held
    for calls under way as spent. `waiting`: answers for which it has no room."""

    label: str
    question_set: QuestionSet | None
    cap: int | None
    period: str
    spent: int
    held: int
    waiting: int = 0

    @property
    def left(self) -> int | None:
        return None if self.cap is None else max(self.cap - self.spent - self.held, 0)

    @property
    def is_used_up(self) -> bool:
        """Hardly ever to the last micro-dollar: the most that a call can cost has to fit."""
        return self.cap is not None and (self.spent >= self.cap or self.waiting > 0)


@dataclass(frozen=True, slots=True)
class ModelRow:
    model: str
    answers: int
    sums: Sums


@dataclass(frozen=True, slots=True)
class SetRow:
    """A set by model; without a set, what was tried and drafted."""

    question_set: QuestionSet | None
    title: str
    models: list[ModelRow]


@dataclass(frozen=True, slots=True)
class TeamSpend:
    """A month of a team. `days` has the sums by model of each day with a call."""

    month: date
    total: Sums
    answers: PerAnswer
    sets: list[SetRow]
    days: dict[date, dict[str, Sums]]
    failures: list[tuple[str, int, int]]
    forecast: Forecast
    latest: list[ModelCall]


def team_spend(team: Team, *, month: date, now: datetime) -> TeamSpend:
    """Eight queries at any size; two more where what waits goes by an earlier month, and one where
    the month is not the present one."""
    accounts = accounts_within(team_label(team))
    calls = ledger.calls_of(accounts, month)
    by_day = ledger.sums_by_day(calls)
    answers = ledger.answers_by_model(calls)
    days: dict[date, dict[str, Sums]] = defaultdict(lambda: defaultdict(Sums))
    by_model: dict[int, dict[str, Sums]] = defaultdict(lambda: defaultdict(Sums))
    for row in by_day:
        days[row.day][row.model] += row.sums
        by_model[row.account_id][row.model] += row.sums
    known = ledger.per_answer(calls)
    present = month_of(now)
    latest = known
    if month != present:
        latest = ledger.per_answer(ledger.calls_of(accounts, present))
    sets = _sets_by_label(team, accounts)
    rows = [
        SetRow(
            sets.get(account.key),
            _title_of(account, sets.get(account.key)),
            [
                ModelRow(model, answers.get((account.pk, model), 0), sums)
                for model, sums in by_model[account.pk].items()
            ],
        )
        for account in accounts
        if account.pk in by_model
    ]
    rows.sort(key=lambda row: (row.question_set is None, -_spent(row), row.title))
    return TeamSpend(
        month=month,
        total=sum((row.sums for row in by_day), Sums()),
        answers=sum(known.values(), PerAnswer()),
        sets=rows,
        days=dict(days),
        failures=ledger.failures_of(calls),
        forecast=forecast(accounts, latest, present),
        latest=ledger.latest_calls(accounts, LATEST),
    )


def month_named(asked: str, *, now: datetime) -> date:
    """The first day of a month such as "2026-11"; of the present one when nothing is asked for.

    Raises ValueError for what is no month yet.
    """
    this_month = month_of(now)
    if not asked:
        return this_month
    month = date.fromisoformat(f"{asked}-01")
    if not date(2000, 1, 1) <= month <= this_month:
        raise ValueError("No such month.")
    return month


def team_budgets(team: Team, *, now: datetime) -> list[Budget]:
    """The team's first, then its sets' and those of the library that its people sat. Five queries
    at any size."""
    accounts = {account.key: account for account in accounts_within(team_label(team))}
    held = held_by_account(accounts.values())
    waiting = waiting_by_account(accounts.values(), held, now)
    sets = _sets_by_label(team, accounts.values()) | {
        set_label(team, found.pk): found for found in team.question_sets.all()
    }

    def budget(label: str, question_set: QuestionSet | None) -> Budget:
        account = accounts.get(label) or Account(key=label, month=month_of(now))
        spent = account.spent_of_cap(now)
        period = Account.Period(account.period)
        kept, wait = held.get(account.pk, 0), waiting[account.pk]
        return Budget(label, question_set, account.cap, period, spent, kept, wait)

    ordered = sorted(sets.items(), key=lambda item: (item[1].title, item[0]))
    return [budget(team_label(team), None), *(budget(*item) for item in ordered)]


def _sets_by_label(team: Team, accounts: Iterable[Account]) -> dict[str, QuestionSet]:
    """The sets that these accounts are of, by the account's label."""
    prefix = set_label(team, 0)[:-1]
    keys = [account.key for account in accounts if account.key.startswith(prefix)]
    ids = [int(key.removeprefix(prefix)) for key in keys]
    return {set_label(team, found.pk): found for found in QuestionSet.objects.filter(pk__in=ids)}


def _title_of(account: Account, question_set: QuestionSet | None) -> str:
    if question_set is not None:
        return question_set.title
    return "Tried and drafted" if account.parent_id is None else "A set that is gone"


def _spent(row: SetRow) -> int:
    return sum(model.sums.micro_dollars for model in row.models)
