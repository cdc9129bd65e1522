from dataclasses import replace

import pytest

from grading.grader.gates import MAX_CHARACTERS, decide
from grading.grader.material import Kind
from grading.grader.verdict import Mark, Ungraded, Verdict
from tests.grading.grader.material import CRITERIA, QUESTION, REFERENCE, answered


def reason(answer: str) -> str:
    outcome = decide(answered(answer))
    return outcome.reason if outcome is not None else ""


@pytest.mark.parametrize("answer", ["", " \n\t ", "\u200b\ufeff \u00ad"])
def test_an_answer_without_visible_text_is_blank(answer: str) -> None:
    assert reason(answer) == "blank"


@pytest.mark.parametrize(
    "answer",
    [
        "I don't know",
        "I don’t know.",  # noqa: RUF001 - as a phone types it
        "idk",
        "No idea, sorry!",
        "not sure, sorry",
        "pass",
        "Skip.",
        "N/A",
        "Hi, I honestly don't really know this one, sorry. Can we move on?",
        "I have no clue what attention scaling is",
        "I don't know why attention is divided by the square root",
        "I haven't learned this yet.",
        "Never heard of it",
        "i dont know bro",
        "I do not know the answer to this question, but I will study it later.",
    ],
)
def test_saying_only_that_one_does_not_know_is_dont_know(answer: str) -> None:
    assert reason(answer) == "dont_know"


@pytest.mark.parametrize(
    "answer",
    [
        "I don't know the exact figure, but dot products get large",
        "Not sure, but maybe it keeps gradients from vanishing",
        "I can't recall the paper. The variance grows with d_k.",
        "I'd guess gradients vanish",
        "forward pass",
        "skip connections",
    ],
)
def test_a_doubt_followed_by_substance_goes_to_the_judge(answer: str) -> None:
    assert reason(answer) == ""


@pytest.mark.parametrize(
    "answer",
    [
        QUESTION,
        "why is attention divided by the square root of the key dimension",
        "The question asks why attention is divided by the square root of the key dimension.",
        "The answer to why attention is divided by the square root of the key dimension is this.",
    ],
)
def test_the_question_said_again_is_an_echo(answer: str) -> None:
    assert reason(answer) == "echo"


@pytest.mark.parametrize(
    "answer",
    [
        "Attention is divided by the root because softmax saturates without it",
        "softmax",
        "the key dimension",
        "Attention is not divided by the key dimension",
        "The key dimension is the root of why attention is divided",
    ],
)
def test_arguing_choosing_or_putting_the_questions_words_anew_is_no_echo(answer: str) -> None:
    assert reason(answer) == ""


def test_the_questions_words_and_one_that_the_rubric_uses_are_an_answer() -> None:
    where = "came to China along the Silk Route in the time of the early Han emperors"
    asked, said = f"Which religion {where}?", f"The religion that {where} is"
    material = replace(answered(f"{said} Buddhism."), question=asked)
    assert decide(replace(material, reference_answer="Buddhism")) is None
    outcome = decide(replace(material, reference_answer="Islam"))
    assert isinstance(outcome, Verdict)
    assert outcome.reason == "echo"


def test_one_number_more_than_the_question_has_may_be_the_answer() -> None:
    asked = "How many episodes are there in series 7 of the story of the long winter?"
    said = "episodes are there in series 7 of the story of the long winter"
    material = replace(answered(f"7 {said}."), question=asked, reference_answer="7")
    assert decide(material) is None
    outcome = decide(replace(material, answer=f"Many {said}."))
    assert isinstance(outcome, Verdict)
    assert outcome.reason == "echo"


@pytest.mark.parametrize(
    "answer",
    [
        ":",
        "!!!???",
        "Thought process:",
        "Answer:",
        "asdf",
        "asdfghjkl qwerty",
        "sdkfjh skdjfh ksjdhf",
        "aaaaaaaaaaaa",
        "hahahahahaha",
        "bla bla bla",
        "1111111111",
        "attention " * 12,
    ],
)
def test_noise_is_gibberish(answer: str) -> None:
    assert reason(answer) == "gibberish"


@pytest.mark.parametrize(
    "answer",
    [
        "LoRA",
        "BPE",
        "42",
        "RLHF and DPO",
        "vLLM GPTQ AWQ",
        "kubectl",
        "xgboost lgbm sklearn",
        "x = softmax(q @ k.T / sqrt(d))",
        "def f(x):\n    return x",
        "没有缩放 softmax 会饱和",
        "a property of liberty",
    ],
)
def test_short_names_code_and_other_scripts_are_not_gibberish(answer: str) -> None:
    assert reason(answer) == ""


@pytest.mark.parametrize(("answer", "found"), [("==", ""), ("`==`", ""), ("=", "gibberish")])
def test_a_sign_that_the_reference_names_is_an_answer(answer: str, found: str) -> None:
    material = replace(answered(answer), reference_answer="The operator `==` compares values.")
    outcome = decide(material)
    assert (outcome.reason if outcome else "") == found


def test_the_reference_answer_passes_every_gate() -> None:
    assert decide(answered(REFERENCE)) is None


def test_a_gate_gives_zero_with_certainty_and_no_mark_met() -> None:
    outcome = decide(answered(""))

    assert isinstance(outcome, Verdict)
    assert outcome.score == 0.0
    assert outcome.confidence == 0.99
    assert [verdict.mark for verdict in outcome.verdicts] == [Mark.NOT_MET] * 4
    assert [verdict.criterion_id for verdict in outcome.verdicts] == ["c1", "c2", "c3", "c4"]


def test_feedback_of_a_gate_names_the_most_valuable_point_to_practise() -> None:
    outcome = decide(answered("idk"))

    assert isinstance(outcome, Verdict)
    assert outcome.feedback == (
        "Saying so is honest, and it leaves nothing to grade, so nothing is earned yet."
        " Read the model answer, put it away, and try again in your own words."
        " The first thing to be able to say: Dot products of longer vectors have a larger"
        " variance, so scores grow with the dimension."
    )


def test_an_answer_over_the_limit_is_ungraded_and_told_what_to_do() -> None:
    outcome = decide(answered("word " * (MAX_CHARACTERS // 5) + "x"))

    assert outcome == Ungraded(
        "too_long",
        "The answer has 20,001 characters; at most 20,000 can be graded."
        " Shorten it and submit it again.",
    )


def test_an_answer_at_the_limit_is_graded() -> None:
    assert decide(answered(REFERENCE.ljust(MAX_CHARACTERS, "\n"))) is None


def test_a_rubric_that_requires_nothing_is_ungraded_even_for_a_blank_answer() -> None:
    optional = tuple(c for c in CRITERIA if c.kind is not Kind.REQUIRED)

    assert decide(answered("", criteria=optional)) == Ungraded(
        "no_criteria", "This question has no required criteria to grade against."
    )
