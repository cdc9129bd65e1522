"""Whose money an answer is, as accounts that hold each other."""

import pytest
from django.utils import timezone

from grading.models import Account
from grading.operations.budget import BudgetReached, check_room, set_cap
from interview.models import Answer
from interview.queries.payers import payer_labels
from tests.factories import make_answer, make_draft_set, make_published_set, make_team, make_user

pytestmark = pytest.mark.django_db
PERIOD = Account.Period.MONTH


def has_room(answer: Answer) -> bool:
    assert answer.submission is not None
    try:
        check_room(account_id=answer.submission.account_id, micro_dollars=50, now=timezone.now())
    except BudgetReached:
        return False
    return True


def test_a_team_that_reads_the_sitting_pays_and_else_the_team_that_owns_the_set() -> None:
    north, south = make_team("north"), make_team("south")
    owned, free = make_draft_set(team=north), make_draft_set()
    assert payer_labels(None, owned) == (f"team:{north.pk}", f"team:{north.pk}/set:{owned.pk}")
    assert payer_labels(south, free) == (f"team:{south.pk}", f"team:{south.pk}/set:{free.pk}")
    assert payer_labels(None, free) == ("library", f"set:{free.pk}")


def test_one_cap_holds_for_practice_on_the_whole_library_and_for_no_team() -> None:
    first, second = (make_answer(make_user(), version=make_published_set()) for _ in range(2))
    of_a_team = make_answer(make_user(), version=make_published_set(), team=make_team())
    set_cap(keys=("library",), cap=49, period=PERIOD)
    assert [has_room(answer) for answer in (first, second, of_a_team)] == [False, False, True]
    set_cap(keys=("library",), cap=50, period=PERIOD)
    assert has_room(first)


def test_a_cap_on_one_set_of_the_library_stops_no_other() -> None:
    versions = [make_published_set() for _ in range(2)]
    first, second = (make_answer(make_user(), version=version) for version in versions)
    set_cap(keys=(f"set:{versions[0].question_set_id}",), cap=0, period=PERIOD)
    assert [has_room(first), has_room(second)] == [False, True]


def test_what_anybody_may_sit_can_be_capped_before_the_first_answer() -> None:
    make_published_set(team=make_team())
    assert not Account.objects.exists()
    version = make_published_set()
    found = Account.objects.order_by("pk").values_list("key", "parent__key", "cap")
    assert list(found) == [
        ("library", None, None),
        (f"set:{version.question_set_id}", "library", None),
    ]
