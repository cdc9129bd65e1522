from dataclasses import replace

import pytest
from django.test import Client
from django.utils import timezone

from grading.llm.calls import CallRecord, Tokens
from grading.models import Account, ModelCall, OpenCall
from grading.operations.budget import ensure_account
from grading.operations.ledger import write_calls

pytestmark = pytest.mark.django_db
CALL = CallRecord("claude-haiku-5-5", "claude-1", Tokens(input=250, output=300), 175, 1_900)


@pytest.fixture
def account() -> Account:
    found = ensure_account(keys=("team:7", "team:7/set:1"))
    assert found is not None
    write_calls(grade_id=None, calls=[CALL, replace(CALL, batched=True)], account_id=found.pk)
    return found


def test_operators_find_calls_by_account_and_by_batch(operator: Client, account: Account) -> None:
    page = operator.get("/admin/grading/modelcall/?batched__exact=1").content.decode()
    assert page.count("team:7/set:1") == 1
    call = ModelCall.objects.all()[0]
    assert operator.get(f"/admin/grading/modelcall/{call.pk}/change/").status_code == 200
    assert operator.post(f"/admin/grading/modelcall/{call.pk}/delete/").status_code == 403


def test_operators_see_what_is_out_for_no_grade(operator: Client, account: Account) -> None:
    call = OpenCall.objects.create(
        account=account, model="claude-haiku-5-5", most=1_234, opened_at=timezone.now()
    )
    page = operator.get("/admin/grading/opencall/").content.decode()
    assert page.count("team:7/set:1") == 1
    assert "1234" in page
    detail = f"/admin/grading/opencall/{call.pk}"
    assert operator.get(f"{detail}/change/").status_code == 200
    assert operator.post(f"{detail}/delete/").status_code == 403
