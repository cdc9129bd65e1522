from dataclasses import replace

import pytest

from grading.grader.policy import Policy
from grading.grader.verdict import CriterionVerdict, Judgement, Mark, Span
from grading.judges.base import JudgeError, JudgeUnavailable, RetryLater, Unjudgeable
from grading.judges.cascade import CascadeJudge, Rung
from grading.judges.scripted import ScriptedJudge
from tests.grading.grader.material import answered

POLICY = Policy(first="scripted", strong="big", pass_line=0.3)
MATERIAL = replace(
    answered("Dot products of longer vectors have a larger variance, so the scores grow."),
    reference_answer="",
)


class NoEmbedder:
    """There is no reference answer to compare with."""

    name, dimensions = "none", 384

    def embed(self, texts: object) -> list[list[float]]:
        raise AssertionError(texts)


def judgement(*met: str, sure: float = 0.9, model: str = "scripted") -> Judgement:
    verdicts = tuple(
        CriterionVerdict(
            row.id,
            Mark.MET if row.id in met else Mark.NOT_MET,
            (Span(0, 12),) if row.id in met else (),
            confidence=sure,
        )
        for row in MATERIAL.criteria
    )
    return Judgement(verdicts, "Said.", model=model)


def cascade(
    *turns: Judgement | Exception, extra_calls: int = 2
) -> tuple[CascadeJudge, list[ScriptedJudge]]:
    """A ladder on which each judge plays one turn, the third the strong one's."""
    judges = [ScriptedJudge([turn]) for turn in turns]
    rungs = [
        Rung(lambda judge=judge: judge, strong=at == 2)  # type: ignore[misc]  # a default binds the loop's judge
        for at, judge in enumerate(judges)
    ]
    return CascadeJudge(rungs, NoEmbedder(), replace(POLICY, extra_calls=extra_calls)), judges


UNSURE = judgement("c1", sure=0.5)
SPLIT = judgement("c1", "c2", "c3")
SURE = judgement("c1")


def asked(judges: list[ScriptedJudge]) -> list[int]:
    return [len(judge.asked) for judge in judges]


def test_a_sure_reading_is_the_only_one() -> None:
    judge, judges = cascade(SURE, SURE, SURE)
    assert judge.judge(MATERIAL) == SURE
    assert (asked(judges), judge.name, judge.model) == ([1, 0, 0], "scripted", "scripted")


def test_an_unsure_one_is_read_again_and_stands_when_they_agree() -> None:
    judge, judges = cascade(UNSURE, SURE, SURE)
    assert judge.judge(MATERIAL).doubts == ()
    assert asked(judges) == [1, 1, 0]


def test_a_split_is_decided_by_the_strong_model() -> None:
    judge, judges = cascade(UNSURE, SPLIT, SURE)
    found = judge.judge(MATERIAL)
    assert [verdict.mark for verdict in found.verdicts[:2]] == [Mark.MET, Mark.NOT_MET]
    assert asked(judges) == [1, 1, 1]


def test_what_is_split_to_the_end_is_for_a_person() -> None:
    judge, _ = cascade(UNSURE, SPLIT, judgement())
    assert judge.judge(MATERIAL).doubts == ("borderline",)


@pytest.mark.parametrize(("extra_calls", "made"), [(0, [1, 0, 0]), (1, [1, 1, 0])])
def test_calls_are_bounded_and_what_they_leave_open_is_for_a_person(
    extra_calls: int, made: list[int]
) -> None:
    judge, judges = cascade(UNSURE, SPLIT, SURE, extra_calls=extra_calls)
    assert judge.judge(MATERIAL).doubts != ()
    assert asked(judges) == made


@pytest.mark.parametrize(
    "error",
    [
        Unjudgeable("No.", reason="refused"),
        JudgeUnavailable("No key."),
        RetryLater("Lost.", wait_seconds=None),
    ],
)
def test_a_reading_is_not_thrown_away_because_there_is_no_further_one(error: JudgeError) -> None:
    judge, judges = cascade(UNSURE, error, SURE)
    found = judge.judge(MATERIAL)
    assert (found.verdicts, found.doubts) == (UNSURE.verdicts, ("unsure",))
    assert asked(judges) == [1, 1, 0]


def test_an_answer_comes_back_when_a_further_reading_has_to_wait_its_turn() -> None:
    judge, _ = cascade(UNSURE, RetryLater("Slower.", wait_seconds=3), SURE)
    with pytest.raises(RetryLater):
        judge.judge(MATERIAL)


def test_readings_that_were_thrown_away_often_enough_stand() -> None:
    judges = [ScriptedJudge([UNSURE]), ScriptedJudge([RetryLater("Slower.", wait_seconds=3)])]
    rungs = [Rung(lambda: judges[0]), Rung(lambda: judges[1])]
    judge = CascadeJudge(rungs, NoEmbedder(), POLICY, may_read_anew=lambda: False)
    assert judge.judge(MATERIAL).doubts == ("unsure",)


def test_what_the_first_judge_raises_is_raised() -> None:
    judge, _ = cascade(Unjudgeable("No.", reason="refused"), SURE)
    with pytest.raises(Unjudgeable):
        judge.judge(MATERIAL)


def test_where_the_first_model_declined_it_is_not_asked_again() -> None:
    judge, judges = cascade(replace(UNSURE, model="big"), SURE, SURE)
    assert judge.judge(MATERIAL).doubts == ("unsure",)
    assert asked(judges) == [1, 0, 0]
