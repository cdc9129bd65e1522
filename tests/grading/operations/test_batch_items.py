"""What becomes of one answer of a batch, over HTTP with the real SDK."""

from pytest_django.fixtures import Settings

from grading.models import Grade, ModelCall, Rubric
from grading.operations.batches import advance
from grading.operations.reviews import overrule
from grading.operations.rubrics import ensure_rubric
from grading.queries.batches import progress
from tests.factories import CRITERIA, make_user
from tests.fakes.claude_api import ClaudeApi
from tests.grading.operations.regrading import (
    HAIKU,
    VARIANCE,
    by_claude,
    current,
    graded,
    later,
    run_to_end,
    sent,
    start,
)


def test_what_ends_without_a_reply_is_sent_again(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    old = graded(rubric, settings)
    run = start()
    advance(run_id=run.pk, now=later())
    names = [item.custom_id or "" for item in run.items.order_by("pk")]
    api.state.batches.outcomes = dict(zip(names, ["expired", "errored", "canceled"], strict=False))
    run_to_end(api, run)
    assert [current(grade).score for grade in old] == [0.6, 0.4, 1.0, 0.0]
    errors = ModelCall.objects.exclude(error="").order_by("pk").values_list("grade", "error")
    assert sorted(errors) == [
        (old[0].pk, "batch_expired"),
        (old[1].pk, "server_error"),
        (old[2].pk, "batch_canceled"),
    ]
    assert not set(names[:3]) & {row.custom_id for row in sent(api)[-3:]}


def test_a_request_that_is_invalid_is_not_sent_again(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    scored, *_ = graded(rubric, settings)
    api.script({"status": 400, "match": VARIANCE[:20], "times": 2})
    run = run_to_end(api, start())
    assert current(scored) == scored  # a score is not taken away for want of another
    assert (run.items.get(grade=scored).state, run.items.get(grade=scored).reason) == (
        "kept",
        "bad_request",
    )
    assert len(sent(api)) == 4


def test_an_answer_without_a_score_gets_the_new_reason(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    (old,) = graded(rubric, settings, [VARIANCE])
    Grade.objects.filter(pk=old.pk).update(
        state="ungraded", score=None, confidence=None, reason="worker_lost"
    )
    api.script({"status": 400})
    run_to_end(api, start())
    new = current(old)
    assert (new.state, new.reason, new.supersedes_id) == ("ungraded", "bad_request", old.pk)


def test_a_reply_that_allows_a_second_try_gets_it_in_the_next_batch(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    old = graded(rubric, settings)
    api.script(
        {"stop": "refusal", "match": VARIANCE[:20]}, {"stop": "max_tokens", "match": "paper"}
    )
    run_to_end(api, start())
    assert [current(grade).model for grade in old] == ["claude-sonnet-5-5", HAIKU, HAIKU, HAIKU]
    again = sent(api)[4:]
    assert max(row.body["max_tokens"] for row in again) == 3000
    assert ModelCall.objects.count() == 6


def test_a_doubtful_answer_climbs_the_same_ladder_as_alone(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    settings.CLAUDE_EXTRA_CALLS = 2
    settings.CLAUDE_SURE_FROM = 1.0
    (old,) = graded(rubric, settings, [VARIANCE])
    run_to_end(api, start())
    asked = [row.model for row in sent(api)]
    assert len(asked) > 1
    other = ensure_rubric(
        question="Why divide?", reference_answer=rubric.reference_answer, criteria=CRITERIA
    )
    (alone,) = by_claude(other, [VARIANCE])
    assert [row.model for row in api.requests()] == asked
    alone.refresh_from_db()
    assert (current(old).score, current(old).doubts) == (alone.score, alone.doubts)


def test_a_ruling_meanwhile_is_the_last_word(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    first, *_ = graded(rubric, settings)
    run = start()
    advance(run_id=run.pk, now=later())
    marks = {"c1": "not_met", "c2": "met", "c3": "not_met"}
    ruling = overrule(grade=first, marks=marks, reason="No.", reviewer=make_user())
    run_to_end(api, run)
    assert current(first) == ruling
    assert run.items.get(grade=first).reason == "overtaken"
    assert ModelCall.objects.filter(grade=first).count() == 1  # it was made, so it is billed
    assert progress(run).reasons == (("overtaken", 1),)


def test_what_was_ruled_on_before_it_went_out_is_not_asked_about(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    first, *others = graded(rubric, settings)
    run = start()
    marks = {"c1": "not_met", "c2": "met", "c3": "not_met"}
    ruling = overrule(grade=first, marks=marks, reason="No.", reviewer=make_user())
    run_to_end(api, run)
    assert current(first) == ruling
    assert run.items.get(grade=first).reason == "overtaken"
    assert len(sent(api)) == len(others) == 3


def test_the_same_words_are_asked_once(rubric: Rubric, api: ClaudeApi, settings: Settings) -> None:
    old = graded(rubric, settings, [VARIANCE, f"  {VARIANCE} ", VARIANCE])
    run_to_end(api, start())
    assert len(sent(api)) == 1
    assert [current(grade).score for grade in old] == [0.6] * 3
    assert [current(grade).judge for grade in old] == ["claude"] * 3


def test_a_reply_that_no_database_takes_holds_nobody_up(
    rubric: Rubric, api: ClaudeApi, settings: Settings
) -> None:
    (old,) = graded(rubric, settings, [VARIANCE])
    api.script({"text": "{\0"})  # no JSON, so it is kept for the second try
    run_to_end(api, start())
    assert (current(old).judge, current(old).score) == ("claude", 0.6)
