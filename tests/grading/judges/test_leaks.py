from dataclasses import replace

import pytest

from grading.grader.verdict import CriterionVerdict, Judgement, Mark
from grading.judges.leaks import without_leaks
from tests.grading.grader.material import CRITERIA, answered

SECRET = (
    "Interviewers should be generous with candidates who derive the variance by hand, and strict "
    "with those who only name the formula."
)
MATERIAL = replace(
    answered("The scores grow."),
    reference_answer="In a unit test of mine each of the sixteen heads blew up before any scaling "
    "had been put between the two products, so we looked at the spread of logits.",
    grader_notes=SECRET,
)


def judged(feedback: str, justification: str = "") -> Judgement:
    verdicts = tuple(
        CriterionVerdict(criterion.id, Mark.NOT_MET, (), justification) for criterion in CRITERIA
    )
    return Judgement(verdicts, feedback)


@pytest.mark.parametrize(
    "feedback",
    [
        f"Note: {SECRET}",
        "We are told to be *generous* with candidates who DERIVE the variance — by hand, "
        "and strict with those who only name it.",
        "sixteen heads blew up before any scaling had been put between the two products",
    ],
)
def test_feedback_that_repeats_what_is_secret_is_written_anew(feedback: str) -> None:
    told = without_leaks(judged(feedback), MATERIAL).feedback
    assert told.startswith("Missing, most valuable first: Dot products of longer vectors")
    assert "generous" not in told
    assert "sixteen" not in told


@pytest.mark.parametrize(
    "feedback",
    [
        "You could derive the variance by hand; that shows why the scores grow.",
        f"Look again at this: {CRITERIA[0].text}",
    ],
)
def test_feedback_in_words_of_its_own_or_of_the_criteria_stays(feedback: str) -> None:
    assert without_leaks(judged(feedback), MATERIAL).feedback == feedback


def test_words_that_the_candidate_said_are_no_secret() -> None:
    said = replace(MATERIAL, answer=MATERIAL.reference_answer)
    feedback = f"You say: {MATERIAL.reference_answer}"
    assert without_leaks(judged(feedback), said).feedback == feedback


@pytest.mark.parametrize(("words", "is_leak"), [(11, False), (12, True)])
def test_a_dozen_words_in_a_row_are_a_leak_wherever_they_stand(words: int, is_leak: bool) -> None:
    for run in (SECRET.split()[:words], SECRET.rstrip(".").split()[-words:]):
        for feedback in (f"{' '.join(run)} is why.", f"You are told: {' '.join(run)}"):
            told = without_leaks(judged(feedback), MATERIAL).feedback
            assert (told != feedback) is is_leak


@pytest.mark.parametrize("place", ["grader_notes", "reference_answer"])
def test_a_short_text_is_secret_as_a_whole(place: str) -> None:
    secret = {place: "Be strict about the variance."}
    material = replace(MATERIAL, **secret)  # type: ignore[arg-type]  # both are text
    told = without_leaks(judged("They say: be strict about the variance!"), material).feedback
    assert "strict" not in told
    other = "You are strict about the mean."
    assert without_leaks(judged(other), material).feedback == other


@pytest.mark.parametrize(
    ("notes", "feedback"),
    [
        ("只看方差。不要太严格。", "有人说: 只看方差不要太严格。"),
        ("分母のルートを説明できる人にだけ満点。", "ルートを説明できる人にだけ満点。"),
        ("ให้คะแนนเต็มเฉพาะคนที่อธิบายความแปรปรวน", "ควรให้คะแนนเต็มเฉพาะคนที่อธิบายความแปรปรวน"),
    ],
)
def test_scripts_without_blanks_keep_their_secrets_too(notes: str, feedback: str) -> None:
    told = without_leaks(judged(feedback), replace(MATERIAL, grader_notes=notes)).feedback
    assert told.startswith("Missing, most valuable first")


def test_a_justification_that_repeats_what_is_secret_is_left_out() -> None:
    judgement = without_leaks(judged("Say more.", f"Because {SECRET}"), MATERIAL)
    assert {verdict.justification for verdict in judgement.verdicts} == {""}
    assert judgement.feedback == "Say more."


def test_feedback_that_was_not_written_is_written() -> None:
    assert without_leaks(judged(""), MATERIAL).feedback.startswith("Missing, most valuable first")
