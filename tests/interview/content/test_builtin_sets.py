"""The questions that come with Viva, graded by the judge that comes with it."""

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import pytest

from grading.embedders.onnx import get_embedder
from grading.grader.material import Criterion, Kind, Material
from grading.grader.pipeline import grade
from grading.grader.verdict import Mark, Verdict
from grading.judges.local import LocalJudge
from interview.formats import read_path
from interview.formats.document import CriterionLine, QuestionDraft

FOLDER = Path(__file__).resolve().parents[3] / "interview" / "content" / "llm-engineer"
DOCUMENT = read_path(FOLDER)
QUESTIONS = {question.key: question for question in DOCUMENT.questions}


class RememberingEmbedder:
    """The real embedder, asked once a text: references recur in every pair below."""

    name = "remembering"
    dimensions = 384

    def __init__(self) -> None:
        self.vectors: dict[str, list[float]] = {}

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        new = list(dict.fromkeys(text for text in texts if text not in self.vectors))
        if new:
            self.vectors.update(zip(new, get_embedder().embed(new), strict=True))
        return [self.vectors[text] for text in texts]


EMBEDDER = RememberingEmbedder()


def verdict_on(question: QuestionDraft, answer: str) -> Verdict:
    material = Material(
        question=question.prompt or question.title,
        reference_answer=question.reference_answer,
        criteria=tuple(
            Criterion(f"c{number}", row.text, Kind(row.kind), row.weight)
            for number, row in enumerate(question.criteria, start=1)
        ),
        answer=answer,
        grader_notes=question.grader_notes,
    )
    outcome = grade(material, LocalJudge(EMBEDDER), EMBEDDER)
    assert isinstance(outcome, Verdict)
    return outcome


def required_of(question: QuestionDraft) -> list[CriterionLine]:
    return [row for row in question.criteria if row.kind == "required"]


def earned_by(question: QuestionDraft, verdict: Verdict) -> list[str]:
    """The required criteria of which anything is earned."""
    marks = {row.criterion_id: row.mark for row in verdict.verdicts}
    return [
        row.text
        for number, row in enumerate(question.criteria, start=1)
        if row.kind == "required" and marks[f"c{number}"] is not Mark.NOT_MET
    ]


def halves_of(question: QuestionDraft) -> list[str]:
    """Answers that say required criteria of 45 to 55% of the weight, word for word."""
    rows = required_of(question)
    whole = sum(row.weight for row in rows)
    return [
        " ".join(row.text for row in some)
        for size in range(1, len(rows))
        for some in combinations(rows, size)
        if 0.45 <= float(sum(row.weight for row in some) / whole) <= 0.55
    ]


def test_the_set_has_at_least_thirty_questions_and_fifteen_topics() -> None:
    assert len(DOCUMENT.questions) >= 30
    assert len(DOCUMENT.topics) == 15
    assert {slug for row in DOCUMENT.questions for slug in row.topics} == {
        topic.slug for topic in DOCUMENT.topics
    }
    assert DOCUMENT.unplaced == ()


@pytest.mark.parametrize("key", QUESTIONS)
def test_a_question_has_three_to_seven_criteria_and_something_to_ask(key: str) -> None:
    question = QUESTIONS[key]
    assert 3 <= len(question.criteria) <= 7
    assert question.prompt
    assert question.minutes is not None


@pytest.mark.parametrize("key", QUESTIONS)
def test_the_reference_answer_earns_its_own_criteria(key: str) -> None:
    assert verdict_on(QUESTIONS[key], QUESTIONS[key].reference_answer).score >= 0.95


@pytest.mark.parametrize("key", QUESTIONS)
def test_the_heaviest_criterion_said_alone_earns_itself_and_no_other(key: str) -> None:
    """benchmarks/builtin_sets.py says every criterion alone."""
    question = QUESTIONS[key]
    heaviest = max(required_of(question), key=lambda row: row.weight)
    verdict = verdict_on(question, heaviest.text)
    assert earned_by(question, verdict) == [heaviest.text]


@pytest.mark.parametrize("key", QUESTIONS)
def test_half_the_weights_earn_about_half(key: str) -> None:
    question = QUESTIONS[key]
    for answer in halves_of(question)[:1]:
        assert 0.35 <= verdict_on(question, answer).score <= 0.65


@pytest.mark.parametrize(("answer", "reason"), [("", "blank"), ("I don't know", "dont_know")])
def test_nothing_earns_nothing_and_says_why(answer: str, reason: str) -> None:
    found = {
        (verdict.score, verdict.reason)
        for verdict in (verdict_on(question, answer) for question in DOCUMENT.questions)
    }
    assert found == {(0.0, reason)}


def test_an_answer_to_another_question_rarely_earns_more_than_a_third() -> None:
    """Eight strangers a question; benchmarks/builtin_sets.py takes every pair."""
    questions = list(QUESTIONS.values())
    low = [
        verdict_on(question, questions[(place + step) % len(questions)].reference_answer).score
        <= 0.3
        for place, question in enumerate(questions)
        for step in (1, 2, 5, 9, 14, 20, 27, 35)
    ]
    assert sum(low) / len(low) >= 0.9
